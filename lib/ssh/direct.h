/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The direct road: a certificate that its own key signed, with the platform's
 * token in an extension.  It carries the token and nothing else: what it says
 * of itself (serial, key id, permissions) is not read, its validity is what
 * sshd makes of it, and what would limit it is refused, since every limit
 * comes from policy.  libc only; says nothing about signatures, and nothing
 * about the token but that it is there.
 */
#ifndef NHI_SSH_DIRECT_H
#define NHI_SSH_DIRECT_H

#include "lib/ssh/cert.h"

#define NHI_SSH_DIRECT_TOKEN	"token@nhi"	/* the extension */

/*
 * Is it one at all?  Certificates of other CAs are NHI_ERR_CERT_CA, those
 * without a token NHI_ERR_NO_EVIDENCE, and what else nhi_ssh_cert_parse says.
 * ret_token borrows from the certificate.
 */
enum nhi_err	 nhi_ssh_direct_parse(const struct nhi_ssh_line *,
		    struct nhi_ssh_cert **ret, struct nhi_span *ret_token,
		    struct nhi_why *) NHI_MUST;

/*
 * Is it for this account, and without words that limit it?
 * NHI_ERR_CERT_PRINCIPAL, NHI_ERR_CERT_OPTIONS.
 */
enum nhi_err	 nhi_ssh_direct_check(const struct nhi_ssh_cert *,
		    const char *account, struct nhi_why *) NHI_MUST;

#endif
