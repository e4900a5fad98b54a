/* SPDX-License-Identifier: BSD-2-Clause */
/* A key set, and each of its keys for each algorithm. */
#include "config.h"

#include "lib/base/rules.h"
#include "lib/token/jwk.h"
#include "lib/token/jwks.h"
#include "tests/fuzz/fuzz.h"

static void
make(struct nhi_value key)
{
	struct nhi_why why;
	EVP_PKEY *pkey;

	for (uint32_t alg = 1; alg < NHI_ALG_ALL; alg <<= 1)
		if (nhi_jwk_make(key, alg, &pkey, &why) == NHI_OK)
			EVP_PKEY_free(pkey);
}

FUZZ_TARGET(jwks)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value set = { NHI_JSON_NONE, NULL };
	struct nhi_value keys;
	struct nhi_span none = { NULL, 0 };
	struct nhi_why why;
	EVP_PKEY *pkey;

	if (nhi_jwks_parse(fuzz_span(data, size), &set, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	keys = nhi_json_member(set, "keys");
	for (size_t i = 0; i < nhi_json_count(keys) && i < 8; i++)
		make(nhi_json_at(keys, i));
	if (nhi_jwks_find(set, none, NHI_ALG_ES256, &pkey, &why) == NHI_OK)
		EVP_PKEY_free(pkey);
	return 0;
}
