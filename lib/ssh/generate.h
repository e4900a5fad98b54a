/* SPDX-License-Identifier: BSD-2-Clause */
/* New CA keys, in the format of ssh-keygen, without a passphrase. */
#ifndef NHI_SSH_GENERATE_H
#define NHI_SSH_GENERATE_H

#include "lib/ssh/key.h"

#define NHI_SSH_GENERATE_RSA	3072	/* bits */

/*
 * Append the text of a private key file to a buffer of NHI_SSH_PRIVATE_MAX;
 * the comment is printable.  nhi_ssh_private_parse reads it and has the public
 * part, nhi_ssh_key_format writes that.  NHI_ERR_CA_KEY.
 */
enum nhi_err	 nhi_ssh_generate(enum nhi_ssh_type, const char *comment,
		    struct nhi_buf *ret, struct nhi_why *) NHI_MUST;

#endif
