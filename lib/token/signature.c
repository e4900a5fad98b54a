/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "lib/base/rules.h"
#include "lib/token/pkey.h"
#include "lib/token/signature.h"

#define DER_MAX		160
#define ED25519_SIZE	64

enum family { PKCS1, PSS, ECDSA, EDDSA };

static const struct rule {
	uint32_t alg;
	enum family family;
	enum nhi_curve curve;
	const EVP_MD *(*md)(void);	/* NULL: the algorithm has its own */
} rules[] = {
	{ NHI_ALG_RS256, PKCS1, 0, EVP_sha256 },
	{ NHI_ALG_RS384, PKCS1, 0, EVP_sha384 },
	{ NHI_ALG_RS512, PKCS1, 0, EVP_sha512 },
	{ NHI_ALG_PS256, PSS, 0, EVP_sha256 },
	{ NHI_ALG_PS384, PSS, 0, EVP_sha384 },
	{ NHI_ALG_PS512, PSS, 0, EVP_sha512 },
	{ NHI_ALG_ES256, ECDSA, NHI_CURVE_P256, EVP_sha256 },
	{ NHI_ALG_ES384, ECDSA, NHI_CURVE_P384, EVP_sha384 },
	{ NHI_ALG_ES512, ECDSA, NHI_CURVE_P521, EVP_sha512 },
	{ NHI_ALG_EDDSA, EDDSA, 0, NULL },
	/* End of the rules */
};

static const struct rule *
find(uint32_t alg)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].alg == alg)
			return &rules[i];
	return NULL;
}

static void
free_md(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

static void
free_ctx(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

/* 0 < v < n, both of the same length. */
static bool
in_range(struct nhi_span v, const uint8_t *n)
{
	static const uint8_t zero[66];

	return memcmp(v.p, zero, v.n) != 0 && memcmp(v.p, n, v.n) < 0;
}

/* r and s side by side, each in 1 .. n - 1, made into DER. */
static enum nhi_err
convert(enum nhi_curve c, struct nhi_span sig, struct nhi_buf *der,
    struct nhi_why *why)
{
	size_t size = nhi_curve_size(c);
	struct nhi_span r, s;

	if (sig.n != 2 * size)
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "signature of %zu octets, not %zu (RFC 7518 3.4)",
		    sig.n, 2 * size);
	r = (struct nhi_span){ sig.p, size };
	s = (struct nhi_span){ sig.p + size, size };
	if (!in_range(r, nhi_curve_order(c)) ||
	    !in_range(s, nhi_curve_order(c)))
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "r or s is not in 1 .. n - 1 (FIPS 186-5 6.4.2)");
	nhi_pkey_put_signature(der, r, s);
	return nhi_buf_check(der, why);
}

static enum nhi_err
check_size(EVP_PKEY *key, const struct rule *rule, struct nhi_span sig,
    struct nhi_why *why)
{
	size_t size = rule->family == EDDSA ? ED25519_SIZE :
	    (size_t)EVP_PKEY_size(key);

	if (sig.n != size)
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "signature of %zu octets, not %zu (RFC 7518 3, "
		    "RFC 8032 5.1.7)", sig.n, size);
	return NHI_OK;
}

/* ECDSA takes the digest as it is; RSA says in the signature which it was. */
static bool
set_rule(EVP_PKEY_CTX *ctx, const struct rule *rule)
{
	if (rule->family == ECDSA)
		return true;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, rule->family == PSS ?
	    RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, rule->md()) == 1 &&
	    (rule->family != PSS || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx,
	    RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* OpenSSL's answer: 1, it verifies; -2, nothing could be asked. */
static int
run_digest(EVP_PKEY *key, const struct rule *rule, const struct nhi_signed *in,
    struct nhi_span sig)
{
	NHI_AUTO(free_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	unsigned char made[EVP_MAX_MD_SIZE];
	const unsigned char *digest = in->sha256;
	unsigned int n = NHI_SHA256_SIZE;

	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
	    !set_rule(ctx, rule))
		return -2;
	if (rule->md != EVP_sha256) {
		if (EVP_Digest(in->input.p, in->input.n, made, &n,
		    rule->md(), NULL) != 1)
			return -2;
		digest = made;
	}
	return EVP_PKEY_verify(ctx, (const unsigned char *)sig.p, sig.n,
	    digest, n) == 1 ? 1 : 0;
}

/* Ed25519 is over the bytes themselves (RFC 8032 5.1.7). */
static int
run_bytes(EVP_PKEY *key, struct nhi_span input, struct nhi_span sig)
{
	NHI_AUTO(free_md) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL,
	    key) != 1)
		return -2;
	return EVP_DigestVerify(ctx, (const unsigned char *)sig.p, sig.n,
	    (const unsigned char *)input.p, input.n) == 1 ? 1 : 0;
}

static enum nhi_err
run(EVP_PKEY *key, const struct rule *rule, const struct nhi_signed *in,
    struct nhi_span sig, struct nhi_why *why)
{
	int r = rule->md == NULL ? run_bytes(key, in->input, sig) :
	    run_digest(key, rule, in, sig);

	const char *text = r < 0 ? ERR_reason_error_string(ERR_peek_error()) :
	    NULL;

	ERR_clear_error();
	/* Without memory, or where the host's libcrypto will not (FIPS). */
	if (r < 0)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "libcrypto cannot check %s: %s", nhi_alg_name(rule->alg),
		    text == NULL ? "no reason given" : text);
	if (r != 1)
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "%s does not verify (RFC 7515 5.2)",
		    nhi_alg_name(rule->alg));
	return NHI_OK;
}

enum nhi_err
nhi_signature_check(EVP_PKEY *key, uint32_t alg, const struct nhi_signed *in,
    struct nhi_span sig, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(DER_MAX);
	const struct rule *rule = find(alg);
	enum nhi_err err;

	if (rule == NULL)
		return nhi_fail(why, NHI_ERR_INTERNAL, "no such algorithm");
	if (rule->family == ECDSA) {
		err = convert(rule->curve, sig, &der, why);
		sig = nhi_buf_all(&der);
	} else {
		err = check_size(key, rule, sig, why);
	}
	return err != NHI_OK ? err : run(key, rule, in, sig, why);
}

enum nhi_err
nhi_signature_sha256(struct nhi_span s, uint8_t out[static NHI_SHA256_SIZE],
    struct nhi_why *why)
{
	if (EVP_Digest(s.p, s.n, out, NULL, EVP_sha256(), NULL) != 1) {
		ERR_clear_error();
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "SHA-256");
	}
	return NHI_OK;
}

enum nhi_err
nhi_signed_make(struct nhi_span input, struct nhi_signed *ret,
    struct nhi_why *why)
{
	ret->input = input;
	return nhi_signature_sha256(input, ret->sha256, why);
}
