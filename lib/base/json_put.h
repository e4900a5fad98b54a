/* SPDX-License-Identifier: BSD-2-Clause */
/* Text into the inside of a JSON string: ASCII only, whatever the bytes. */
#ifndef NHI_BASE_JSON_PUT_H
#define NHI_BASE_JSON_PUT_H

#include "lib/base/buf.h"

/*
 * At most `chars` characters of the text, and of their form in JSON at most
 * `bytes` bytes; never cut inside an escape or a UTF-8 sequence.  A byte that
 * is not well-formed UTF-8 becomes U+FFFD.  Returns the bytes put; with a NULL
 * buffer they are only counted.
 */
size_t	 nhi_json_put_text(struct nhi_buf *, struct nhi_span, size_t chars,
	    size_t bytes);

#endif
