/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The published rules of an account: what is taken is written so that it is
 * taken again, as the same.  (The reader knows no order among the lines of one
 * issuer or identity, the writer does.)
 */
#include "config.h"

#include "lib/base/rules.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(rules)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *again = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(2 * NHI_RULES_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf twice = NHI_BUF(2 * NHI_RULES_MAX);
	struct nhi_why why;

	if (nhi_rules_parse(fuzz_span(data, size), &rules, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	nhi_rules_format(rules, &text);
	MUST(nhi_buf_check(&text, &why) == NHI_OK);
	MUST(nhi_rules_parse(nhi_buf_all(&text), &again, &why) == NHI_OK);
	nhi_rules_format(again, &twice);
	MUST(nhi_span_equal(nhi_buf_all(&text), nhi_buf_all(&twice)));
	return 0;
}
