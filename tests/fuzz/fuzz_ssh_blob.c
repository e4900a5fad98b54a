/* SPDX-License-Identifier: BSD-2-Clause */
/* Blobs of a key and of a certificate, and its signature. */
#include "config.h"

#include "lib/ssh/cert.h"
#include "lib/ssh/cert_check.h"
#include "lib/ssh/keyid.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(ssh_blob)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	struct nhi_span blob = fuzz_span(data, size);
	struct nhi_ssh_keyid keyid;
	struct nhi_why why;

	(void)!nhi_ssh_key_parse_blob(blob, &key, &why);
	if (nhi_ssh_cert_parse_blob(blob, &cert, &why) != NHI_OK)
		return 0;
	MUST(cert->nprincipals >= 1 && cert->signed_part.n < size);
	fuzz_taken = true;
	(void)!nhi_ssh_keyid_parse(cert->keyid, &keyid, &why);
	(void)!nhi_ssh_cert_check_principal(cert, "web", &why);
	(void)!nhi_ssh_cert_check_time(cert, 1800000000, &why);
	(void)!nhi_ssh_cert_check_signature(cert, &why);
	return 0;
}
