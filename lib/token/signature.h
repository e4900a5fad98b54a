/* SPDX-License-Identifier: BSD-2-Clause */
/* Verifying signatures (RFC 7518 3, RFC 8037 3.1), and the digest. */
#ifndef NHI_TOKEN_SIGNATURE_H
#define NHI_TOKEN_SIGNATURE_H

#include <openssl/evp.h>

#include "lib/base/buf.h"

#define NHI_SHA256_SIZE	32

/* What was signed, and its SHA-256, which more than one step goes by. */
struct nhi_signed {
	struct nhi_span input;
	uint8_t sha256[NHI_SHA256_SIZE];
};

enum nhi_err	 nhi_signed_make(struct nhi_span input,
		    struct nhi_signed *ret, struct nhi_why *) NHI_MUST;

/*
 * alg is one enum nhi_alg_bit and must be one that the key can do
 * (nhi_jwk_make saw to that).  NHI_ERR_SIGNATURE, NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_signature_check(EVP_PKEY *, uint32_t alg,
		    const struct nhi_signed *, struct nhi_span signature,
		    struct nhi_why *) NHI_MUST;

enum nhi_err	 nhi_signature_sha256(struct nhi_span,
		    uint8_t out[static NHI_SHA256_SIZE], struct nhi_why *)
		    NHI_MUST;

#endif
