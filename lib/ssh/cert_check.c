/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/ssh/cert_check.h"
#include "lib/ssh/signature.h"

enum nhi_err
nhi_ssh_cert_check_signature(const struct nhi_ssh_cert *c,
    struct nhi_why *why)
{
	const struct nhi_ssh_signature s = {
		.format = c->sig_format,
		.sig = c->sig,
		.data = c->signed_part,
	};
	struct nhi_why detail = { "" };

	if (nhi_ssh_signature_check(c->ca, &s, &detail) != NHI_OK)
		return nhi_fail(why, NHI_ERR_CERT_CA, "%s", detail.text);
	return NHI_OK;
}
