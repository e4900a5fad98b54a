/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of nhi_ssh_cert_parse_blob: field after field. */
#ifndef NHI_SSH_CERT_READ_H
#define NHI_SSH_CERT_READ_H

#include "lib/ssh/cert.h"

/* The plain type in front of the suffix; false when the suffix is not there. */
bool		 nhi_ssh_cert_plain(struct nhi_span name,
		    struct nhi_span *ret);

/* Fill a zeroed certificate from its blob; half-filled on failure. */
enum nhi_err	 nhi_ssh_cert_read(struct nhi_ssh_cert *, struct nhi_why *)
		    NHI_MUST;

#endif
