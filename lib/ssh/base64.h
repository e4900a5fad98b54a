/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Standard base64 (RFC 4648 4), strict: padded, no blanks, no line breaks,
 * unused bits zero, so that a key has exactly one spelling.
 */
#ifndef NHI_SSH_BASE64_H
#define NHI_SSH_BASE64_H

#include "lib/base/buf.h"

/* Append; errors stick in the buffer. */
void	 nhi_ssh_base64_encode(struct nhi_span, struct nhi_buf *);

/*
 * Append what the text stands for.  False when it is not strict base64 or
 * does not fit; then what was appended means nothing.
 */
bool	 nhi_ssh_base64_decode(struct nhi_span, struct nhi_buf *) NHI_MUST;

#endif
