/* SPDX-License-Identifier: BSD-2-Clause */
/* The CA key. */
#include "config.h"

#include "lib/ssh/private.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(ssh_private)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;
	struct nhi_why why;

	fuzz_taken |= nhi_ssh_private_parse(fuzz_span(data, size), &key,
	    &why) == NHI_OK;
	return 0;
}
