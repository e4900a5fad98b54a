/* SPDX-License-Identifier: BSD-2-Clause */
/* An issuer's key set (RFC 7517 5) and the choice of the key. */
#ifndef NHI_TOKEN_JWKS_H
#define NHI_TOKEN_JWKS_H

#include <openssl/evp.h>

#include "lib/token/json.h"

#define NHI_JWKS_MAX	(512U << 10)	/* bytes of a set */
#define NHI_JWKS_KEYS	256		/* keys of a set */

/*
 * A set as a whole: NHI_ERR_JWKS, NHI_ERR_NO_MEMORY.  Keys that cannot be
 * used spoil nothing until a token names them.  Free with nhi_json_wipe.
 */
enum nhi_err	 nhi_jwks_parse(struct nhi_span, struct nhi_value *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * The one key with exactly this kid; without a kid (p NULL) the only one that
 * can verify the algorithm.  NHI_ERR_KID_UNKNOWN, NHI_ERR_KID_AMBIGUOUS,
 * NHI_ERR_KID_MISSING, and what nhi_jwk_make says of the key.
 */
enum nhi_err	 nhi_jwks_find(struct nhi_value set, struct nhi_span kid,
		    uint32_t alg, EVP_PKEY **ret, struct nhi_why *) NHI_MUST;

#endif
