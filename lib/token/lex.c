/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/token/lex.h"
#include "lib/token/utf8.h"

enum nhi_err
nhi_lex_fail(const struct nhi_lex *s, enum nhi_err err, const char *what)
{
	return nhi_fail(s->why, err, "%s at byte %zu of the JSON text", what,
	    (size_t)(s->p - s->start));
}

int
nhi_lex_peek(const struct nhi_lex *s)
{
	return s->p == s->end ? -1 : (unsigned char)*s->p;
}

bool
nhi_lex_take(struct nhi_lex *s, char c)
{
	if (nhi_lex_peek(s) != (unsigned char)c)
		return false;
	s->p++;
	return true;
}

void
nhi_lex_blank(struct nhi_lex *s)
{
	while (s->p != s->end && (*s->p == ' ' || *s->p == '\t' ||
	    *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool
take_hex4(struct nhi_lex *s, uint32_t *ret)
{
	uint32_t v = 0;

	if (s->end - s->p < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = s->p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint32_t)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			v = v << 4 | (uint32_t)(c - 'A' + 10);
		else
			return false;
	}
	s->p += 4;
	*ret = v;
	return true;
}

/* What follows "\u": four digits, or a pair of surrogates (RFC 8259 7). */
static enum nhi_err
scan_unicode(struct nhi_lex *s, struct nhi_buf *out)
{
	uint32_t c, low = 0;

	if (!take_hex4(s, &c))
		return nhi_lex_fail(s, NHI_ERR_JSON, "bad \\u (RFC 8259 7)");
	if (c == 0)
		return nhi_lex_fail(s, NHI_ERR_JSON,
		    "U+0000 is refused (RFC 8259 9)");
	if (c >= 0xd800 && c <= 0xdfff) {
		if (c > 0xdbff || !nhi_lex_take(s, '\\') ||
		    !nhi_lex_take(s, 'u') || !take_hex4(s, &low) ||
		    low < 0xdc00 || low > 0xdfff)
			return nhi_lex_fail(s, NHI_ERR_UTF8,
			    "lone surrogate (RFC 8259 8.2)");
		c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
	}
	if (out != NULL)
		nhi_utf8_put(out, c);
	return NHI_OK;
}

static enum nhi_err
scan_escape(struct nhi_lex *s, struct nhi_buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	int c = nhi_lex_peek(s);

	if (nhi_lex_take(s, 'u'))
		return scan_unicode(s, out);
	if (c <= 0 || (at = strchr(from, c)) == NULL)
		return nhi_lex_fail(s, NHI_ERR_JSON, "bad escape (RFC 8259 7)");
	s->p++;
	if (out != NULL)
		nhi_buf_char(out, to[at - from]);
	return NHI_OK;
}

/* Up to the next quote, escape or control, which are no part of it. */
static void
take_plain(struct nhi_lex *s, struct nhi_buf *out)
{
	const char *from = s->p;

	while (s->p != s->end && *s->p != '"' && *s->p != '\\' &&
	    (unsigned char)*s->p >= 0x20)
		s->p++;
	if (out != NULL)
		nhi_buf_put(out, from, (size_t)(s->p - from));
}

enum nhi_err
nhi_lex_string(struct nhi_lex *s, struct nhi_buf *out)
{
	enum nhi_err err;

	if (!nhi_lex_take(s, '"'))
		return nhi_lex_fail(s, NHI_ERR_JSON, "no string (RFC 8259 7)");
	for (;;) {
		take_plain(s, out);
		if (nhi_lex_take(s, '"'))
			return NHI_OK;
		if (!nhi_lex_take(s, '\\'))
			return nhi_lex_fail(s, NHI_ERR_JSON,
			    "open string or bare control (RFC 8259 7)");
		if ((err = scan_escape(s, out)) != NHI_OK)
			return err;
	}
}

static size_t
take_digits(struct nhi_lex *s)
{
	const char *from = s->p;

	while (s->p != s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

enum nhi_err
nhi_lex_number(struct nhi_lex *s)
{
	(void)nhi_lex_take(s, '-');
	if (!nhi_lex_take(s, '0') && take_digits(s) == 0)
		return nhi_lex_fail(s, NHI_ERR_JSON, "no value (RFC 8259 3)");
	if (nhi_lex_take(s, '.') && take_digits(s) == 0)
		return nhi_lex_fail(s, NHI_ERR_JSON,
		    "bad fraction (RFC 8259 6)");
	if (nhi_lex_take(s, 'e') || nhi_lex_take(s, 'E')) {
		if (!nhi_lex_take(s, '+'))
			(void)nhi_lex_take(s, '-');
		if (take_digits(s) == 0)
			return nhi_lex_fail(s, NHI_ERR_JSON,
			    "bad exponent (RFC 8259 6)");
	}
	return NHI_OK;
}

enum nhi_err
nhi_lex_word(struct nhi_lex *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return nhi_lex_fail(s, NHI_ERR_JSON, "no value (RFC 8259 3)");
	s->p += n;
	return NHI_OK;
}
