/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NHI's key ids: "nhi1:<issuing host>:<identity>:<mark>".  The host is labels
 * of letters, digits, '-' and '_' between single dots, compared byte for byte;
 * the mark is the first 16 hex digits of the token's.
 */
#ifndef NHI_SSH_KEYID_H
#define NHI_SSH_KEYID_H

#include "lib/base/buf.h"

#define NHI_SSH_HOST_MAX	253	/* bytes of a host id */
#define NHI_SSH_IDENTITY_MAX	64
#define NHI_SSH_MARK_HEX	16

struct nhi_ssh_keyid {
	char host[NHI_SSH_HOST_MAX + 1];
	char identity[NHI_SSH_IDENTITY_MAX + 1];
	char mark[NHI_SSH_MARK_HEX + 1];
};

/* May this be the id of a host? */
bool		 nhi_ssh_host_valid(struct nhi_span);

/* Append; NHI_ERR_CERT_KEYID when a part is not valid. */
enum nhi_err	 nhi_ssh_keyid_format(const struct nhi_ssh_keyid *,
		    struct nhi_buf *, struct nhi_why *) NHI_MUST;

/* NHI_ERR_CERT_KEYID for anything that nhi_ssh_keyid_format does not write. */
enum nhi_err	 nhi_ssh_keyid_parse(struct nhi_span,
		    struct nhi_ssh_keyid *ret, struct nhi_why *) NHI_MUST;

#endif
