/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of CAs that are trusted. */
#include "config.h"

#include "lib/ssh/trusted.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(ssh_trusted)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *list = NULL;
	struct nhi_why why;

	if (nhi_ssh_trusted_parse(fuzz_span(data, size), &list, &why) !=
	    NHI_OK)
		return 0;
	fuzz_taken = true;
	MUST(list->n <= NHI_SSH_TRUSTED_MAX);
	return 0;
}
