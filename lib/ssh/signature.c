/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/ssh/agent.h"
#include "lib/ssh/der.h"
#include "lib/ssh/pkey.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"

#define SIG_MAX		4096	/* bytes of a signature in any form */

/* The first of a type is what is signed with. */
static const struct alg {
	const char *format;
	enum nhi_ssh_type type;
	const EVP_MD *(*md)(void);	/* NULL: the key's own */
} algs[] = {
	{ "ssh-ed25519", NHI_SSH_ED25519, NULL },
	{ "ecdsa-sha2-nistp256", NHI_SSH_P256, EVP_sha256 },
	{ "ecdsa-sha2-nistp384", NHI_SSH_P384, EVP_sha384 },
	{ "ecdsa-sha2-nistp521", NHI_SSH_P521, EVP_sha512 },
	{ "rsa-sha2-512", NHI_SSH_RSA, EVP_sha512 },
	{ "rsa-sha2-256", NHI_SSH_RSA, EVP_sha256 },
	/* End of the algorithms */
};

#define NALGS	(sizeof(algs) / sizeof(algs[0]))

static bool
is_ecdsa(enum nhi_ssh_type type)
{
	return nhi_ssh_type_curve(type) != NULL;
}

static const EVP_MD *
digest(const struct alg *alg)
{
	return alg->md == NULL ? NULL : alg->md();
}

static const struct alg *
find_alg(enum nhi_ssh_type type, struct nhi_span format)
{
	for (size_t i = 0; i < NALGS; i++)
		if (algs[i].type == type && (format.p == NULL ||
		    nhi_span_is(format, algs[i].format)))
			return &algs[i];
	return NULL;
}

/* Two mpints on the wire, SEQUENCE { r, s } for libcrypto. */
static bool
ecdsa_to_der(struct nhi_span sig, struct nhi_buf *out)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(SIG_MAX);
	struct nhi_span r, s;

	if (!nhi_wire_mpint(&sig, &r) || !nhi_wire_mpint(&sig, &s) ||
	    sig.n != 0)
		return false;
	nhi_ssh_der_put(&in, NHI_SSH_DER_INTEGER, r);
	nhi_ssh_der_put(&in, NHI_SSH_DER_INTEGER, s);
	nhi_ssh_der_put(out, NHI_SSH_DER_SEQUENCE, nhi_buf_all(&in));
	return in.err == NHI_OK && out->err == NHI_OK;
}

static bool
ecdsa_from_der(struct nhi_span der, struct nhi_buf *out)
{
	struct nhi_span in, r, s;

	if (!nhi_ssh_der_take(&der, NHI_SSH_DER_SEQUENCE, &in) ||
	    der.n != 0 ||
	    !nhi_ssh_der_take(&in, NHI_SSH_DER_INTEGER, &r) ||
	    !nhi_ssh_der_take(&in, NHI_SSH_DER_INTEGER, &s) || in.n != 0)
		return false;
	nhi_wire_put_mpint(out, r);
	nhi_wire_put_mpint(out, s);
	return out->err == NHI_OK;
}

static bool
verify(const struct alg *alg, EVP_PKEY *pkey, struct nhi_span sig,
    struct nhi_span data)
{
	NHI_AUTO(nhi_ssh_mdctx_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	return ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, digest(alg), NULL, pkey) == 1 &&
	    EVP_DigestVerify(ctx, (const unsigned char *)sig.p, sig.n,
	    (const unsigned char *)data.p, data.n) == 1;
}

enum nhi_err
nhi_ssh_signature_check(const struct nhi_ssh_key *key,
    const struct nhi_ssh_signature *s, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_pkey_freep) EVP_PKEY *pkey = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(SIG_MAX);
	const struct alg *alg = NULL;
	struct nhi_span sig = s->sig;
	enum nhi_err err;

	if (s->format.p != NULL)
		alg = find_alg(key->type, s->format);
	if (alg == NULL)
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "no format of signature for %s keys",
		    nhi_ssh_type_name(key->type));
	if ((err = nhi_ssh_pkey_make(key, &pkey, why)) != NHI_OK)
		return err;
	if (is_ecdsa(key->type)) {
		if (!ecdsa_to_der(sig, &der))
			return nhi_fail(why, NHI_ERR_SIGNATURE,
			    "not two minimal mpints (RFC 5656 3.1.2)");
		sig = nhi_buf_all(&der);
	}
	if (!verify(alg, pkey, sig, s->data))
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "the %s signature does not verify", alg->format);
	return NHI_OK;
}

static bool
sign(const struct alg *alg, EVP_PKEY *pkey, struct nhi_span data,
    struct nhi_buf *out)
{
	NHI_AUTO(nhi_ssh_mdctx_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sig[SIG_MAX];
	size_t n = sizeof(sig);

	if (ctx == NULL ||
	    EVP_DigestSignInit(ctx, NULL, digest(alg), NULL, pkey) != 1 ||
	    EVP_DigestSign(ctx, sig, &n, (const unsigned char *)data.p,
	    data.n) != 1)
		return false;
	nhi_buf_put(out, sig, n);
	return out->err == NHI_OK;
}

enum nhi_err
nhi_ssh_signature_make(const struct nhi_ssh_private *key,
    struct nhi_span data, struct nhi_buf *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf raw = NHI_BUF(SIG_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf wire = NHI_BUF(SIG_MAX);
	struct nhi_span any = { NULL, 0 }, sig;
	enum nhi_ssh_type type = key->key->type;
	const struct alg *alg = find_alg(type, any);

	if (key->agent != NULL)
		return nhi_ssh_agent_sign(key->agent, key->key, data, ret,
		    why);
	if (alg == NULL || !sign(alg, key->pkey, data, &raw))
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "libcrypto does not sign with the %s key",
		    nhi_ssh_type_name(type));
	if (is_ecdsa(type) && !ecdsa_from_der(nhi_buf_all(&raw), &wire))
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "libcrypto's ECDSA signature is malformed");
	sig = is_ecdsa(type) ? nhi_buf_all(&wire) : nhi_buf_all(&raw);
	nhi_wire_put_str(ret, alg->format);
	nhi_wire_put(ret, sig);
	return nhi_buf_check(ret, why);
}
