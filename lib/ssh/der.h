/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As much DER (X.690) as keys and ECDSA signatures need.  Keys go to and from
 * libcrypto as DER because that works alike in OpenSSL 1.1.1 and 3.
 */
#ifndef NHI_SSH_DER_H
#define NHI_SSH_DER_H

#include "lib/base/buf.h"

#define NHI_SSH_DER_INTEGER	0x02
#define NHI_SSH_DER_BITS	0x03
#define NHI_SSH_DER_OCTETS	0x04
#define NHI_SSH_DER_NULL	0x05
#define NHI_SSH_DER_OID		0x06
#define NHI_SSH_DER_SEQUENCE	0x30
#define NHI_SSH_DER_CONTEXT(n)	(0xa0 | (n))

/* Append one element; content of at most 65535 bytes. */
void	 nhi_ssh_der_put(struct nhi_buf *, uint8_t tag, struct nhi_span);

/* Take the content of the element off the front; false when it is another. */
bool	 nhi_ssh_der_take(struct nhi_span *in, uint8_t tag,
	    struct nhi_span *ret) NHI_MUST;

#endif
