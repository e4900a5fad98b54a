/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate as a line. */
#include "config.h"

#include "lib/ssh/cert.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(ssh_cert)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	struct nhi_why why;

	if (nhi_ssh_cert_parse_line(fuzz_span(data, size), &cert, &why) !=
	    NHI_OK)
		return 0;
	fuzz_taken = true;
	MUST(cert->subject != NULL && cert->ca != NULL);
	return 0;
}
