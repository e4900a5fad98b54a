/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/base/rules.h"
#include "lib/token/jwk.h"
#include "lib/token/key.h"
#include "lib/token/quote.h"

#define ALGS_RSA	(NHI_ALG_RS256 | NHI_ALG_RS384 | NHI_ALG_RS512 | \
			 NHI_ALG_PS256 | NHI_ALG_PS384 | NHI_ALG_PS512)

/* Types and curves, and the algorithms that each serves. */
static const struct kind {
	const char *kty;
	const char *crv;
	uint32_t algs;
	enum { MAKE_RSA, MAKE_EC, MAKE_OKP } make;
	enum nhi_curve curve;
} kinds[] = {
	{ "RSA", NULL, ALGS_RSA, MAKE_RSA, 0 },
	{ "EC", "P-256", NHI_ALG_ES256, MAKE_EC, NHI_CURVE_P256 },
	{ "EC", "P-384", NHI_ALG_ES384, MAKE_EC, NHI_CURVE_P384 },
	{ "EC", "P-521", NHI_ALG_ES512, MAKE_EC, NHI_CURVE_P521 },
	{ "OKP", "Ed25519", NHI_ALG_EDDSA, MAKE_OKP, 0 },
	/* End of the kinds */
};

/* A string member; *ret has p NULL when it is not there. */
static enum nhi_err
read_string(struct nhi_value jwk, const char *name, struct nhi_span *ret,
    struct nhi_why *why)
{
	struct nhi_value v = nhi_json_member(jwk, name);

	if (v.type != NHI_JSON_NONE && v.type != NHI_JSON_STRING)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: %s is %s (RFC 7517 4)", name,
		    nhi_json_type_name(v.type));
	*ret = nhi_json_string(v);
	return NHI_OK;
}

static enum nhi_err
check_use(struct nhi_value jwk, struct nhi_why *why)
{
	struct nhi_span use;
	enum nhi_err err;

	if ((err = read_string(jwk, "use", &use, why)) != NHI_OK)
		return err;
	if (use.p != NULL && !nhi_span_is(use, "sig") &&
	    !nhi_span_is(use, "jwt-svid"))
		return nhi_fail(why, NHI_ERR_KEY_USE,
		    "key: use is %s (RFC 7517 4.2)", NHI_QUOTE(use));
	return NHI_OK;
}

static enum nhi_err
check_ops(struct nhi_value jwk, struct nhi_why *why)
{
	struct nhi_value ops = nhi_json_member(jwk, "key_ops");
	bool found = false;

	if (ops.type == NHI_JSON_NONE)
		return NHI_OK;
	if (ops.type != NHI_JSON_ARRAY)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: key_ops is %s (RFC 7517 4.3)",
		    nhi_json_type_name(ops.type));
	for (size_t i = 0; i < nhi_json_count(ops); i++) {
		struct nhi_span op = nhi_json_string(nhi_json_at(ops, i));

		if (op.p == NULL)
			return nhi_fail(why, NHI_ERR_KEY_INVALID,
			    "key: key_ops has other than strings "
			    "(RFC 7517 4.3)");
		found = found || nhi_span_is(op, "verify");
	}
	return found ? NHI_OK : nhi_fail(why, NHI_ERR_KEY_USE,
	    "key: key_ops has no verify (RFC 7517 4.3)");
}

static const struct kind *
find_kind(struct nhi_span kty, struct nhi_span crv)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (nhi_span_is(kty, kinds[i].kty) &&
		    (kinds[i].crv == NULL || nhi_span_is(crv, kinds[i].crv)))
			return &kinds[i];
	return NULL;
}

/* Nobody can tell which curve it would have been. */
static bool
lacks_curve(struct nhi_span kty, struct nhi_span crv)
{
	return crv.p == NULL &&
	    (nhi_span_is(kty, "EC") || nhi_span_is(kty, "OKP"));
}

static enum nhi_err
check_kind(struct nhi_value jwk, uint32_t alg, const struct kind **ret,
    struct nhi_why *why)
{
	struct nhi_span kty, crv;
	const struct kind *kind;
	enum nhi_err err;

	if ((err = read_string(jwk, "kty", &kty, why)) != NHI_OK ||
	    (err = read_string(jwk, "crv", &crv, why)) != NHI_OK)
		return err;
	if (kty.p == NULL)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: no kty (RFC 7517 4.1)");
	if (lacks_curve(kty, crv))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: kty %s and no crv (RFC 7518 6.2.1.1, RFC 8037 2)",
		    NHI_QUOTE(kty));
	kind = find_kind(kty, crv);
	if (kind == NULL || (kind->algs & alg) == 0)
		return nhi_fail(why, NHI_ERR_ALG_KEY_MISMATCH,
		    "%s with a key of kty %s, crv %s (RFC 7518 3.1, "
		    "RFC 8725 3.1)", nhi_alg_name(alg), NHI_QUOTE(kty),
		    NHI_QUOTE(crv));
	*ret = kind;
	return NHI_OK;
}

static enum nhi_err
check_alg(struct nhi_value jwk, uint32_t alg, struct nhi_why *why)
{
	struct nhi_span s;
	enum nhi_err err;

	if ((err = read_string(jwk, "alg", &s, why)) != NHI_OK)
		return err;
	if (s.p != NULL && !nhi_span_is(s, nhi_alg_name(alg)))
		return nhi_fail(why, NHI_ERR_ALG_KEY_MISMATCH,
		    "%s with a key for %s (RFC 7517 4.4)", nhi_alg_name(alg),
		    NHI_QUOTE(s));
	return NHI_OK;
}

/* Who publishes the private part has published everybody's signature. */
static enum nhi_err
check_public(struct nhi_value jwk, struct nhi_why *why)
{
	if (nhi_json_member(jwk, "d").type != NHI_JSON_NONE)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: its private part is in the key set (RFC 7517 9.2)");
	return NHI_OK;
}

enum nhi_err
nhi_jwk_make(struct nhi_value jwk, uint32_t alg, EVP_PKEY **ret,
    struct nhi_why *why)
{
	const struct kind *kind = NULL;
	enum nhi_err err;

	if ((err = check_kind(jwk, alg, &kind, why)) != NHI_OK ||
	    (err = check_use(jwk, why)) != NHI_OK ||
	    (err = check_ops(jwk, why)) != NHI_OK ||
	    (err = check_alg(jwk, alg, why)) != NHI_OK ||
	    (err = check_public(jwk, why)) != NHI_OK)
		return err;
	switch (kind->make) {
	case MAKE_RSA:
		return nhi_key_rsa(jwk, ret, why);
	case MAKE_EC:
		return nhi_key_ec(jwk, kind->curve, ret, why);
	case MAKE_OKP:
		return nhi_key_ed25519(jwk, ret, why);
	}
	return nhi_fail(why, NHI_ERR_INTERNAL, "no such kind of key");
}
