/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the host that setup edits: nsswitch.conf, the drop-in. */
#include "config.h"

#include "nhictl/dropin.h"
#include "nhictl/edit_nss.h"
#include "tests/fuzz/fuzz.h"

/* Done twice it changes nothing any more. */
static void
nss(struct nhi_span text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf once = NHI_BUF(1 << 20);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf twice = NHI_BUF(1 << 20);
	struct nhi_why why;

	if (nhi_edit_nss(text, &once, &why) != NHI_OK)
		return;
	MUST(nhi_edit_nss(nhi_buf_all(&once), &twice, &why) == NHI_OK);
	MUST(nhi_span_equal(nhi_buf_all(&once), nhi_buf_all(&twice)));
}

FUZZ_TARGET(edit)(const uint8_t *data, size_t size)
{
	struct nhi_dropin_options options = { .issue = false };
	struct nhi_span text = fuzz_span(data, size);

	nss(text);
	fuzz_taken |= nhi_dropin_parse(text, &options);
	return 0;
}
