/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict base64url without padding (RFC 4648 5, RFC 7515 2): one text for
 * each octet string and no other, so no whitespace, no '=', and the unused
 * bits of the last character are zero.
 */
#ifndef NHI_TOKEN_BASE64URL_H
#define NHI_TOKEN_BASE64URL_H

#include "lib/base/buf.h"

/* Append the octets; NHI_ERR_BASE64URL, or the buffer's own error. */
enum nhi_err	 nhi_base64url_decode(struct nhi_span, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

/* Append the text; errors stick in the buffer. */
void		 nhi_base64url_put(struct nhi_buf *, struct nhi_span);

#endif
