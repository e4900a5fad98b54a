/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON Web Signature, compact serialisation only (RFC 7515 7.1), and what its
 * protected header may say.  Nothing here is verified yet.
 */
#ifndef NHI_TOKEN_JWS_H
#define NHI_TOKEN_JWS_H

#include "lib/token/json.h"

#define NHI_JWS_MAX	(64U << 10)	/* bytes of a token */
#define NHI_JWS_KID_MAX	256		/* bytes of a kid */

struct nhi_jws {
	struct nhi_span input;		/* header.payload; borrows the token */
	struct nhi_buf head;		/* decoded octets of the three parts */
	struct nhi_buf payload;
	struct nhi_buf signature;
	struct nhi_value header;
	struct nhi_span kid;		/* borrows header; p NULL: none */
	uint32_t alg;			/* one enum nhi_alg_bit */
};

#define NHI_JWS	{							\
	.head = NHI_BUF(NHI_JWS_MAX), .payload = NHI_BUF(NHI_JWS_MAX),	\
	.signature = NHI_BUF(NHI_JWS_MAX),				\
}

/*
 * Three parts, strictly decoded.  NHI_ERR_EMPTY, NHI_ERR_TOO_LARGE,
 * NHI_ERR_NOT_COMPACT, NHI_ERR_BASE64URL.
 */
enum nhi_err	 nhi_jws_split(struct nhi_jws *, struct nhi_span token,
		    struct nhi_why *) NHI_MUST;

/*
 * The protected header: JSON, typ, crit, b64, kid.  Embedded keys and their
 * addresses (jwk, jku, x5c, x5u) are never looked at.
 */
enum nhi_err	 nhi_jws_read_header(struct nhi_jws *, struct nhi_why *)
		    NHI_MUST;

/*
 * alg against what the issuer may use (bits of enum nhi_alg_bit).
 * NHI_ERR_ALG_MISSING, NHI_ERR_ALG_NONE, NHI_ERR_ALG_HMAC,
 * NHI_ERR_ALG_NOT_ALLOWED, NHI_ERR_HEADER when it is no string.
 */
enum nhi_err	 nhi_jws_pin(struct nhi_jws *, uint32_t allowed,
		    struct nhi_why *) NHI_MUST;

void		 nhi_jws_wipe(struct nhi_jws *);

#endif
