/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/base/rules.h"
#include "lib/token/jwk.h"
#include "lib/token/jwks.h"
#include "lib/token/pkey.h"
#include "lib/token/quote.h"

static enum nhi_err
check_keys(struct nhi_value set, struct nhi_why *why)
{
	struct nhi_value keys = nhi_json_member(set, "keys");

	if (keys.type != NHI_JSON_ARRAY)
		return nhi_fail(why, NHI_ERR_JWKS,
		    "key set: keys is %s (RFC 7517 5.1)",
		    nhi_json_type_name(keys.type));
	if (nhi_json_count(keys) > NHI_JWKS_KEYS)
		return nhi_fail(why, NHI_ERR_JWKS,
		    "key set: %zu keys, at most %d", nhi_json_count(keys),
		    NHI_JWKS_KEYS);
	for (size_t i = 0; i < nhi_json_count(keys); i++)
		if (nhi_json_at(keys, i).type != NHI_JSON_OBJECT)
			return nhi_fail(why, NHI_ERR_JWKS,
			    "key set: key %zu is %s (RFC 7517 5.1)", i,
			    nhi_json_type_name(nhi_json_at(keys, i).type));
	return NHI_OK;
}

enum nhi_err
nhi_jwks_parse(struct nhi_span text, struct nhi_value *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value set = { 0 };
	struct nhi_why inner;
	enum nhi_err err;

	if (text.n > NHI_JWKS_MAX)
		return nhi_fail(why, NHI_ERR_JWKS,
		    "key set: %zu bytes, at most %u", text.n, NHI_JWKS_MAX);
	err = nhi_json_parse(text, &set, &inner);
	if (err == NHI_ERR_NO_MEMORY)
		return nhi_fail(why, err, "key set");
	if (err != NHI_OK)
		return nhi_fail(why, NHI_ERR_JWKS, "key set: %s: %.120s",
		    nhi_err_slug(err), inner.text);
	if ((err = check_keys(set, why)) != NHI_OK)
		return err;
	*ret = set;
	set = (struct nhi_value){ 0 };
	return NHI_OK;
}

static enum nhi_err
find_named(struct nhi_value keys, struct nhi_span kid, struct nhi_value *ret,
    struct nhi_why *why)
{
	struct nhi_value found = { 0 };

	for (size_t i = 0; i < nhi_json_count(keys); i++) {
		struct nhi_value key = nhi_json_at(keys, i);
		struct nhi_span s =
		    nhi_json_string(nhi_json_member(key, "kid"));

		if (s.p == NULL || !nhi_span_equal(s, kid))
			continue;
		if (found.o != NULL)
			return nhi_fail(why, NHI_ERR_KID_AMBIGUOUS,
			    "two keys have kid %s (RFC 7517 4.5)",
			    NHI_QUOTE(kid));
		found = key;
	}
	if (found.o == NULL)
		return nhi_fail(why, NHI_ERR_KID_UNKNOWN,
		    "no key has kid %s (RFC 7515 4.1.4)", NHI_QUOTE(kid));
	*ret = found;
	return NHI_OK;
}

/* What is wrong with a key of the right sort says more than "another sort". */
static bool
says_more(enum nhi_err err, enum nhi_err than)
{
	return than == NHI_ERR_KID_UNKNOWN ||
	    (than == NHI_ERR_ALG_KEY_MISMATCH && err != than);
}

/* Without a kid: exactly one key must do. */
static enum nhi_err
find_only(struct nhi_value keys, uint32_t alg, EVP_PKEY **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_pkey_freep) EVP_PKEY *found = NULL;
	struct nhi_why text = { "the key set is empty (RFC 7517 5.1)" };
	enum nhi_err worst = NHI_ERR_KID_UNKNOWN;

	for (size_t i = 0; i < nhi_json_count(keys); i++) {
		NHI_AUTO(nhi_pkey_freep) EVP_PKEY *key = NULL;
		struct nhi_why one;
		enum nhi_err err;

		err = nhi_jwk_make(nhi_json_at(keys, i), alg, &key, &one);
		if (err == NHI_OK && found != NULL)
			return nhi_fail(why, NHI_ERR_KID_MISSING,
			    "the token has no kid and several keys would do "
			    "(RFC 7515 4.1.4)");
		if (err == NHI_OK) {
			found = key;
			key = NULL;
		} else if (says_more(err, worst)) {
			worst = err;
			text = one;
		}
	}
	if (found == NULL)
		return nhi_fail(why, worst, "%s", text.text);
	*ret = found;
	found = NULL;
	return NHI_OK;
}

enum nhi_err
nhi_jwks_find(struct nhi_value set, struct nhi_span kid, uint32_t alg,
    EVP_PKEY **ret, struct nhi_why *why)
{
	struct nhi_value keys = nhi_json_member(set, "keys"), key;
	enum nhi_err err;

	if (kid.p == NULL)
		return find_only(keys, alg, ret, why);
	if ((err = find_named(keys, kid, &key, why)) != NHI_OK)
		return err;
	return nhi_jwk_make(key, alg, ret, why);
}
