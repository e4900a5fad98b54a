/* SPDX-License-Identifier: BSD-2-Clause */
/* A discovery document and a key set as a provider sends them. */
#include "config.h"

#include "fetch/document.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(discovery)(const uint8_t *data, size_t size)
{
	struct nhi_span text = fuzz_span(data, size);
	char out[NHI_CACHE_URL + 1];
	struct nhi_why why;
	int64_t keys;

	fuzz_taken |= nhi_document_discovery(text,
	    "https://issuer.example.com", out, &why) == NHI_OK;
	if (nhi_document_keys(text, &keys, &why) == NHI_OK)
		MUST(keys > 0);
	return 0;
}
