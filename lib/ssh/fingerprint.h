/* SPDX-License-Identifier: BSD-2-Clause */
/* "SHA256:" and unpadded base64, as ssh-keygen -l and sshd's %f write it. */
#ifndef NHI_SSH_FINGERPRINT_H
#define NHI_SSH_FINGERPRINT_H

#include "lib/base/buf.h"

#define NHI_SSH_HASH		32	/* bytes of a SHA-256 */
#define NHI_SSH_FINGERPRINT	51	/* bytes of the text with its NUL */

/* NHI_ERR_NO_MEMORY is all that can happen. */
enum nhi_err	 nhi_ssh_fingerprint_format(
		    const uint8_t hash[static NHI_SSH_HASH],
		    char ret[static NHI_SSH_FINGERPRINT], struct nhi_why *)
		    NHI_MUST;

/* False for anything that nhi_ssh_fingerprint_format does not write. */
bool		 nhi_ssh_fingerprint_parse(struct nhi_span,
		    uint8_t ret[static NHI_SSH_HASH]) NHI_MUST;

#endif
