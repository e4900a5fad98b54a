/* SPDX-License-Identifier: BSD-2-Clause */
/* Key id, fingerprint, forced command, source addresses. */
#include "config.h"

#include "lib/ssh/fingerprint.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/option.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(keyid)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(1 << 12);
	struct nhi_span in = fuzz_span(data, size);
	struct nhi_ssh_keyid keyid;
	struct nhi_ssh_options options;
	uint8_t hash[NHI_SSH_HASH];
	struct nhi_why why;

	(void)!nhi_ssh_fingerprint_parse(in, hash);
	(void)nhi_ssh_force_valid(in);
	(void)nhi_ssh_source_valid(in);
	(void)!nhi_ssh_options_parse(in, &options, &why);
	if (nhi_ssh_keyid_parse(in, &keyid, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	MUST(nhi_ssh_keyid_format(&keyid, &text, &why) == NHI_OK);
	MUST(nhi_span_equal(in, nhi_buf_all(&text)));
	return 0;
}
