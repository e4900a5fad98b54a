/* SPDX-License-Identifier: BSD-2-Clause */
/* Text as a JSON string (RFC 8259 7): ASCII only, whatever the bytes. */
#ifndef NHI_BASE_JSON_PUT_H
#define NHI_BASE_JSON_PUT_H

#include "lib/base/buf.h"

/* All of it, in its quotes. */
void	 nhi_json_put_string(struct nhi_buf *, struct nhi_span);

/*
 * What stands between the quotes: at most `chars` characters of the text, and
 * of their form in JSON at most `bytes` bytes; never cut inside an escape or a
 * UTF-8 sequence.  A byte that is not well-formed UTF-8 becomes U+FFFD.
 * Returns the bytes put; with a NULL buffer they are only counted.
 */
size_t	 nhi_json_put_text(struct nhi_buf *, struct nhi_span, size_t chars,
	    size_t bytes);

#endif
