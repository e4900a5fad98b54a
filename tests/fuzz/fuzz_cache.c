/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands beside a fetched key set. */
#include "config.h"

#include "lib/base/cache.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(cache)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_CACHE_META_MAX);
	struct nhi_cache cache, again;
	struct nhi_why why;

	if (nhi_cache_parse(fuzz_span(data, size), &cache, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	nhi_cache_format(&cache, &text);
	MUST(nhi_buf_check(&text, &why) == NHI_OK);
	MUST(nhi_cache_parse(nhi_buf_all(&text), &again, &why) == NHI_OK);
	return 0;
}
