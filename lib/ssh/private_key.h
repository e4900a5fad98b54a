/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of a private key, on the wire and in libcrypto. */
#ifndef NHI_SSH_PRIVATE_KEY_H
#define NHI_SSH_PRIVATE_KEY_H

#include <openssl/evp.h>

#include "lib/ssh/key.h"

/*
 * Take the private fields that follow the type off the front.  They repeat the
 * public ones, which must be those of the key.  NHI_ERR_CA_KEY.
 */
enum nhi_err	 nhi_ssh_private_key_take(const struct nhi_ssh_key *,
		    struct nhi_span *in, EVP_PKEY **ret, struct nhi_why *)
		    NHI_MUST;

#endif
