/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH keys as libcrypto's. */
#ifndef NHI_SSH_PKEY_H
#define NHI_SSH_PKEY_H

#include <openssl/evp.h>

#include "lib/ssh/key.h"

#define NHI_SSH_PKEY_MAX	20480	/* bytes of a key in DER */

/* NHI_ERR_KEY_INVALID, for instance for a point that is not on the curve. */
enum nhi_err	 nhi_ssh_pkey_make(const struct nhi_ssh_key *,
		    EVP_PKEY **ret, struct nhi_why *) NHI_MUST;

/* Content of the OBJECT IDENTIFIER of a curve; p is NULL for other keys. */
struct nhi_span	 nhi_ssh_pkey_curve(enum nhi_ssh_type);

/* Destructors for NHI_AUTO. */
void		 nhi_ssh_pkey_freep(EVP_PKEY **);
void		 nhi_ssh_mdctx_freep(EVP_MD_CTX **);

#endif
