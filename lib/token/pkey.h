/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys from their numbers, by calls that OpenSSL 1.1.1 and 3 both have;
 * not for threads (the curves are kept).  Not as a whole SubjectPublicKeyInfo:
 * for d2i_PUBKEY OpenSSL 3 asks each of its decoders in turn, which takes
 * longer than the signature.
 */
#ifndef NHI_TOKEN_PKEY_H
#define NHI_TOKEN_PKEY_H

#include <openssl/evp.h>

#include "lib/base/buf.h"

enum nhi_curve {
	NHI_CURVE_P256, NHI_CURVE_P384, NHI_CURVE_P521,
	/* End of the curves */
};

#define NHI_CURVES	3

/* Octets of a coordinate, and of r and of s. */
size_t		 nhi_curve_size(enum nhi_curve);

/* Its order n, big-endian, nhi_curve_size octets. */
const uint8_t	*nhi_curve_order(enum nhi_curve);

/*
 * Numbers are big-endian and unsigned.  NHI_ERR_KEY_INVALID when OpenSSL
 * refuses (a point off the curve), NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_pkey_rsa(struct nhi_span n, struct nhi_span e,
		    EVP_PKEY **ret, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_pkey_ec(enum nhi_curve, struct nhi_span x,
		    struct nhi_span y, EVP_PKEY **ret, struct nhi_why *)
		    NHI_MUST;
enum nhi_err	 nhi_pkey_ed25519(struct nhi_span, EVP_PKEY **ret,
		    struct nhi_why *) NHI_MUST;

/* ECDSA's r and s as DER (RFC 3279 2.2.3). */
void		 nhi_pkey_put_signature(struct nhi_buf *, struct nhi_span r,
		    struct nhi_span s);

/* EVP_PKEY_free for NHI_AUTO. */
void		 nhi_pkey_freep(EVP_PKEY **);

#endif
