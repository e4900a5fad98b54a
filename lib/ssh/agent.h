/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures by an SSH agent (draft-ietf-sshm-ssh-agent), which may have the
 * key in a token or a TPM.  Whoever answers on the socket is believed nothing:
 * the caller verifies what comes.
 */
#ifndef NHI_SSH_AGENT_H
#define NHI_SSH_AGENT_H

#include "lib/ssh/key.h"

#define NHI_SSH_AGENT_MS	10000	/* a token may be slow */

/*
 * Append format and signature as two strings, as nhi_ssh_signature_make does.
 * NHI_ERR_CA_KEY.
 */
enum nhi_err	 nhi_ssh_agent_sign(const char *path,
		    const struct nhi_ssh_key *, struct nhi_span data,
		    struct nhi_buf *ret, struct nhi_why *) NHI_MUST;

#endif
