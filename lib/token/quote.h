/* SPDX-License-Identifier: BSD-2-Clause */
/* Short excerpts of hostile bytes for the sentences of struct nhi_why. */
#ifndef NHI_TOKEN_QUOTE_H
#define NHI_TOKEN_QUOTE_H

#include "lib/base/buf.h"

#define NHI_QUOTE_SIZE	56

struct nhi_quote {
	char text[NHI_QUOTE_SIZE];
};

/*
 * At most 48 bytes in double quotes; what is not printable ASCII, and the
 * quote itself, becomes '?'; "..." follows when there was more.
 */
struct nhi_quote nhi_quote(struct nhi_span);

/* As an argument of nhi_fail; lives as long as the call. */
#define NHI_QUOTE(span)	(nhi_quote(span).text)

#endif
