/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SSH signatures: Ed25519 (RFC 8709), ECDSA (RFC 5656 3.1.2), RSA with SHA-2
 * (RFC 8332).  SHA-1 is not there.
 */
#ifndef NHI_SSH_SIGNATURE_H
#define NHI_SSH_SIGNATURE_H

#include "lib/ssh/key.h"
#include "lib/ssh/private.h"

struct nhi_ssh_signature {
	struct nhi_span format;
	struct nhi_span sig;
	struct nhi_span data;		/* what is signed */
};

/* NHI_ERR_SIGNATURE unless it is the key's signature; NHI_ERR_KEY_INVALID. */
enum nhi_err	 nhi_ssh_signature_check(const struct nhi_ssh_key *,
		    const struct nhi_ssh_signature *, struct nhi_why *)
		    NHI_MUST;

/* Append format and signature as two strings; NHI_ERR_CA_KEY. */
enum nhi_err	 nhi_ssh_signature_make(const struct nhi_ssh_private *,
		    struct nhi_span data, struct nhi_buf *ret,
		    struct nhi_why *) NHI_MUST;

#endif
