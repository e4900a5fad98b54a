/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON Web Keys (RFC 7517, RFC 8037): public keys for signatures only. */
#ifndef NHI_TOKEN_JWK_H
#define NHI_TOKEN_JWK_H

#include <openssl/evp.h>

#include "lib/token/json.h"

/*
 * The key, if it may verify this algorithm: type and curve, use and key_ops,
 * alg, then the numbers.  NHI_ERR_KEY_USE, NHI_ERR_ALG_KEY_MISMATCH,
 * NHI_ERR_KEY_WEAK, NHI_ERR_KEY_INVALID, NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_jwk_make(struct nhi_value, uint32_t alg, EVP_PKEY **ret,
		    struct nhi_why *) NHI_MUST;

#endif
