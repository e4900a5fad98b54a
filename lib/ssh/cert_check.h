/* SPDX-License-Identifier: BSD-2-Clause */
/* Is the certificate the work of the CA whose key is in it? */
#ifndef NHI_SSH_CERT_CHECK_H
#define NHI_SSH_CERT_CHECK_H

#include "lib/ssh/cert.h"

/* NHI_ERR_CERT_CA unless it is.  Whose key that is: lib/ssh/trusted.h. */
enum nhi_err	 nhi_ssh_cert_check_signature(const struct nhi_ssh_cert *,
		    struct nhi_why *) NHI_MUST;

#endif
