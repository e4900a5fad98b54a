/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "lib/base/rules.h"
#include "lib/token/signature.h"
#include "lib/token/spki.h"

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
	struct nhi_span r = { sig.p, size }, s = { sig.p + size, size };

	if (sig.n != 2 * size)
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "signature of %zu octets, not %zu (RFC 7518 3.4)",
		    sig.n, 2 * size);
	if (!in_range(r, nhi_curve_order(c)) ||
	    !in_range(s, nhi_curve_order(c)))
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "r or s is not in 1 .. n - 1 (FIPS 186-5 6.4.2)");
	nhi_spki_put_signature(der, r, s);
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

static bool
set_pss(EVP_PKEY_CTX *ctx)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static enum nhi_err
run(EVP_PKEY *key, const struct rule *rule, struct nhi_span input,
    struct nhi_span sig, struct nhi_why *why)
{
	NHI_AUTO(free_md) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	int ok;

	if (ctx == NULL || EVP_DigestVerifyInit(ctx, &pctx,
	    rule->md == NULL ? NULL : rule->md(), NULL, key) != 1 ||
	    (rule->family == PSS && !set_pss(pctx))) {
		ERR_clear_error();
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "signature context");
	}
	ok = EVP_DigestVerify(ctx, (const unsigned char *)sig.p, sig.n,
	    (const unsigned char *)input.p, input.n);
	ERR_clear_error();
	if (ok != 1)
		return nhi_fail(why, NHI_ERR_SIGNATURE,
		    "%s does not verify (RFC 7515 5.2)",
		    nhi_alg_name(rule->alg));
	return NHI_OK;
}

enum nhi_err
nhi_signature_check(EVP_PKEY *key, uint32_t alg, struct nhi_span input,
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
	return err != NHI_OK ? err : run(key, rule, input, sig, why);
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
