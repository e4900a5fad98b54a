/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers of a JSON Web Key (RFC 7518 6, RFC 8037 2) made into a public
 * key.  All return NHI_ERR_KEY_WEAK, NHI_ERR_KEY_INVALID, NHI_ERR_NO_MEMORY.
 */
#ifndef NHI_TOKEN_KEY_H
#define NHI_TOKEN_KEY_H

#include "lib/token/json.h"
#include "lib/token/pkey.h"

#define NHI_KEY_RSA_MIN		2048	/* bits of n (RFC 7518 3.3) */
#define NHI_KEY_RSA_MAX		8192
#define NHI_KEY_E_MIN		65537
#define NHI_KEY_E_MAX		8	/* octets of e */

enum nhi_err	 nhi_key_rsa(struct nhi_value jwk, EVP_PKEY **ret,
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_key_ec(struct nhi_value jwk, enum nhi_curve,
		    EVP_PKEY **ret, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_key_ed25519(struct nhi_value jwk, EVP_PKEY **ret,
		    struct nhi_why *) NHI_MUST;

#endif
