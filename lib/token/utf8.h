/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 as RFC 3629 has it: shortest form, no surrogates, up to U+10FFFF. */
#ifndef NHI_TOKEN_UTF8_H
#define NHI_TOKEN_UTF8_H

#include "lib/base/buf.h"

/* Length of the character that begins the span; 0 if it is ill-formed. */
size_t		 nhi_utf8_step(struct nhi_span);

/* NHI_ERR_UTF8 with the place. */
enum nhi_err	 nhi_utf8_check(struct nhi_span, struct nhi_why *) NHI_MUST;

/* Append a code point, which must be a Unicode scalar value. */
void		 nhi_utf8_put(struct nhi_buf *, uint32_t);

#endif
