/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "fetch/document.h"
#include "fetch/url.h"
#include "lib/base/rules.h"
#include "lib/token/jwk.h"
#include "lib/token/jwks.h"
#include "lib/token/pkey.h"
#include "lib/token/quote.h"

#define WELL_KNOWN	"/.well-known/openid-configuration"

bool
nhi_document_address(const char *url, char out[static NHI_CACHE_URL + 1])
{
	size_t n = strlen(url);

	/* One slash at the end is not doubled (Discovery 1.0, 4.1). */
	if (n > 0 && url[n - 1] == '/')
		n--;
	return snprintf(out, NHI_CACHE_URL + 1, "%.*s" WELL_KNOWN, (int)n,
	    url) <= NHI_CACHE_URL;
}

enum nhi_err
nhi_document_discovery(struct nhi_span text, const char *url,
    char out[static NHI_CACHE_URL + 1], struct nhi_why *why)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value doc = { 0 };
	struct nhi_span issuer, uri;
	struct nhi_why inner = { "" };
	char address[NHI_CACHE_URL + 1];

	if (nhi_json_parse(text, &doc, &inner) != NHI_OK)
		return nhi_fail(why, NHI_ERR_FETCH_ANSWER,
		    "discovery document: %.150s", inner.text);
	issuer = nhi_json_string(nhi_json_member(doc, "issuer"));
	if (!nhi_span_is(issuer, url))
		return nhi_fail(why, NHI_ERR_FETCH_ISSUER,
		    "discovery document: issuer is %s and not %.80s",
		    issuer.p == NULL ? "missing" : NHI_QUOTE(issuer), url);
	uri = nhi_json_string(nhi_json_member(doc, "jwks_uri"));
	if (uri.p == NULL || uri.n > NHI_CACHE_URL)
		return nhi_fail(why, NHI_ERR_FETCH_ANSWER,
		    "discovery document: no jwks_uri");
	memcpy(address, uri.p, uri.n);
	address[uri.n] = '\0';
	if (!nhi_url_valid(address))
		return nhi_fail(why, NHI_ERR_FETCH_ANSWER,
		    "discovery document: jwks_uri %s is not https://",
		    NHI_QUOTE(uri));
	memcpy(out, address, uri.n + 1);
	return NHI_OK;
}

static bool
is_usable(struct nhi_value key)
{
	for (uint32_t bit = 1; bit < NHI_ALG_ALL; bit <<= 1) {
		NHI_AUTO(nhi_pkey_freep) EVP_PKEY *pkey = NULL;
		struct nhi_why ignored;

		if (nhi_jwk_make(key, bit, &pkey, &ignored) == NHI_OK)
			return true;
	}
	return false;
}

enum nhi_err
nhi_document_keys(struct nhi_span text, int64_t *ret_keys,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value set = { 0 };
	struct nhi_value keys;
	enum nhi_err err;

	if ((err = nhi_jwks_parse(text, &set, why)) != NHI_OK)
		return err;
	keys = nhi_json_member(set, "keys");
	for (size_t i = 0; i < nhi_json_count(keys); i++)
		if (is_usable(nhi_json_at(keys, i))) {
			*ret_keys = (int64_t)nhi_json_count(keys);
			return NHI_OK;
		}
	return nhi_fail(why, NHI_ERR_JWKS,
	    "key set: none of its %zu keys can verify anything",
	    nhi_json_count(keys));
}
