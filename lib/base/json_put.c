/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/json_put.h"

#define ESCAPE_SIZE	13		/* two \uXXXX and a NUL */
#define REPLACEMENT	0xfffdu

/* Length of the sequence that this byte begins; 0: it begins none. */
static size_t
sequence(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	if (c >= 0xf0 && c <= 0xf4)
		return 4;
	return 0;
}

/* Not the shortest form, a surrogate, or past the end (RFC 3629 3). */
static bool
forbidden(uint32_t v, size_t n)
{
	return (n == 3 && v < 0x800) || (n == 4 && v < 0x10000) ||
	    (v >= 0xd800 && v <= 0xdfff) || v > 0x10ffff;
}

/* Take one character off the front of s. */
static uint32_t
take(struct nhi_span *s)
{
	const unsigned char *p = (const unsigned char *)s->p;
	size_t n = sequence(p[0]);
	uint32_t v = n == 0 ? 0 : n == 1 ? p[0] : p[0] & (0x7fu >> n);
	bool good = n != 0 && n <= s->n;

	for (size_t i = 1; good && i < n; i++) {
		good = (p[i] & 0xc0) == 0x80;
		v = v << 6 | (p[i] & 0x3fu);
	}
	if (!good || forbidden(v, n)) {
		n = 1;
		v = REPLACEMENT;
	}
	s->p += n;
	s->n -= n;
	return v;
}

static size_t
escape(uint32_t v, char out[ESCAPE_SIZE])
{
	int n;

	if (v == '"' || v == '\\')
		n = snprintf(out, ESCAPE_SIZE, "\\%c", (char)v);
	else if (v >= ' ' && v <= '~')
		n = snprintf(out, ESCAPE_SIZE, "%c", (char)v);
	else if (v < 0x10000)
		n = snprintf(out, ESCAPE_SIZE, "\\u%04x", v & 0xffffu);
	else
		n = snprintf(out, ESCAPE_SIZE, "\\u%04x\\u%04x",
		    (0xd800u + ((v - 0x10000) >> 10)) & 0xffffu,
		    (0xdc00u + ((v - 0x10000) & 0x3ff)) & 0xffffu);
	return (size_t)n;
}

size_t
nhi_json_put_text(struct nhi_buf *b, struct nhi_span s, size_t chars,
    size_t bytes)
{
	size_t total = 0;

	while (s.n > 0 && chars > 0) {
		char out[ESCAPE_SIZE];
		size_t n = escape(take(&s), out);

		if (n > bytes - total)
			break;
		if (b != NULL)
			nhi_buf_put(b, out, n);
		total += n;
		chars--;
	}
	return total;
}

void
nhi_json_put_string(struct nhi_buf *b, struct nhi_span s)
{
	nhi_buf_char(b, '"');
	(void)nhi_json_put_text(b, s, SIZE_MAX, SIZE_MAX);
	nhi_buf_char(b, '"');
}
