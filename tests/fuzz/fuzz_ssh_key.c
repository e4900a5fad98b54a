/* SPDX-License-Identifier: BSD-2-Clause */
/* A public key, as sshd gives it and as a line. */
#include "config.h"

#include "lib/ssh/key.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(ssh_key)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *again = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(4 * NHI_SSH_KEY_MAX);
	struct nhi_why why;

	if (nhi_ssh_key_parse_line(fuzz_span(data, size), &key, &why) !=
	    NHI_OK)
		return 0;
	fuzz_taken = true;
	nhi_ssh_key_format(key, &text);
	MUST(nhi_ssh_key_parse_line(nhi_buf_all(&text), &again, &why) ==
	    NHI_OK);
	MUST(nhi_ssh_key_equal(key, again));
	return 0;
}
