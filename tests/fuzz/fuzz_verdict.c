/* SPDX-License-Identifier: BSD-2-Clause */
/* Question and answer of the verifier. */
#include "config.h"

#include "lib/base/verdict.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(verdict)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_VERDICT_MAX);
	struct nhi_span in = fuzz_span(data, size);
	struct nhi_request request;
	struct nhi_verdict verdict;
	struct nhi_why why;
	char value[64];

	(void)!nhi_request_parse(in, &request, &why);
	if (nhi_verdict_parse(in, &verdict, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	MUST(verdict.reason < NHI_ERR_COUNT);
	nhi_verdict_value(&verdict, "subject", value, sizeof(value));
	nhi_verdict_format(&verdict, &text);
	MUST(nhi_buf_check(&text, &why) == NHI_OK);
	return 0;
}
