/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/token/scan.h"
#include "lib/token/utf8.h"

/*
 * names is a stack: the names of each object that is still open lie one
 * behind the other, each after its length, so that a new one is compared with
 * those of its own object.
 */
struct scan {
	const char *start, *p, *end;
	unsigned int depth;
	size_t values;
	struct nhi_buf names;
	struct nhi_why *why;
};

#define NAME_HEAD	4	/* bytes of the length */

static enum nhi_err scan_value(struct scan *);

static enum nhi_err
fail(const struct scan *s, enum nhi_err err, const char *what)
{
	return nhi_fail(s->why, err, "%s at byte %zu of the JSON text", what,
	    (size_t)(s->p - s->start));
}

/* The next byte, or -1 at the end. */
static int
peek(const struct scan *s)
{
	return s->p == s->end ? -1 : (unsigned char)*s->p;
}

static bool
take(struct scan *s, char c)
{
	if (peek(s) != (unsigned char)c)
		return false;
	s->p++;
	return true;
}

static void
skip_blank(struct scan *s)
{
	while (s->p != s->end && (*s->p == ' ' || *s->p == '\t' ||
	    *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool
take_hex4(struct scan *s, uint32_t *ret)
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
scan_unicode(struct scan *s, struct nhi_buf *out)
{
	uint32_t c, low = 0;

	if (!take_hex4(s, &c))
		return fail(s, NHI_ERR_JSON, "bad \\u (RFC 8259 7)");
	if (c == 0)
		return fail(s, NHI_ERR_JSON, "U+0000 is refused");
	if (c >= 0xd800 && c <= 0xdfff) {
		if (c > 0xdbff || !take(s, '\\') || !take(s, 'u') ||
		    !take_hex4(s, &low) || low < 0xdc00 || low > 0xdfff)
			return fail(s, NHI_ERR_UTF8,
			    "lone surrogate (RFC 8259 8.2)");
		c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
	}
	if (out != NULL)
		nhi_utf8_put(out, c);
	return NHI_OK;
}

static enum nhi_err
scan_escape(struct scan *s, struct nhi_buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	int c = peek(s);

	if (take(s, 'u'))
		return scan_unicode(s, out);
	if (c <= 0 || (at = strchr(from, c)) == NULL)
		return fail(s, NHI_ERR_JSON, "bad escape (RFC 8259 7)");
	s->p++;
	if (out != NULL)
		nhi_buf_char(out, to[at - from]);
	return NHI_OK;
}

/* A string; its characters go to out, which may be NULL. */
static enum nhi_err
scan_string(struct scan *s, struct nhi_buf *out)
{
	enum nhi_err err;

	if (!take(s, '"'))
		return fail(s, NHI_ERR_JSON, "no string (RFC 8259 7)");
	while (!take(s, '"')) {
		int c = peek(s);

		if (c < 0x20)
			return fail(s, NHI_ERR_JSON,
			    "open string or bare control (RFC 8259 7)");
		s->p++;
		if (c == '\\') {
			if ((err = scan_escape(s, out)) != NHI_OK)
				return err;
		} else if (out != NULL) {
			nhi_buf_u8(out, (uint8_t)c);
		}
	}
	return NHI_OK;
}

static size_t
take_digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p != s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

static enum nhi_err
scan_number(struct scan *s)
{
	(void)take(s, '-');
	if (!take(s, '0') && take_digits(s) == 0)
		return fail(s, NHI_ERR_JSON, "no value (RFC 8259 3)");
	if (take(s, '.') && take_digits(s) == 0)
		return fail(s, NHI_ERR_JSON, "bad fraction (RFC 8259 6)");
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			(void)take(s, '-');
		if (take_digits(s) == 0)
			return fail(s, NHI_ERR_JSON,
			    "bad exponent (RFC 8259 6)");
	}
	return NHI_OK;
}

static enum nhi_err
scan_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return fail(s, NHI_ERR_JSON, "no value (RFC 8259 3)");
	s->p += n;
	return NHI_OK;
}

/* The name that lies at `at` of the stack, against those since `from`. */
static bool
is_new(const struct nhi_buf *names, size_t from, size_t at)
{
	size_t n = names->n - at;
	uint32_t len;

	for (; from < at; from += NAME_HEAD + len) {
		memcpy(&len, names->p + from, NAME_HEAD);
		if (NAME_HEAD + len == n && memcmp(names->p + from + NAME_HEAD,
		    names->p + at + NAME_HEAD, len) == 0)
			return false;
	}
	return true;
}

static enum nhi_err
scan_member(struct scan *s, size_t from)
{
	size_t at = s->names.n;
	uint32_t len = 0;
	enum nhi_err err;

	skip_blank(s);
	nhi_buf_put(&s->names, &len, NAME_HEAD);
	if ((err = scan_string(s, &s->names)) != NHI_OK ||
	    (err = nhi_buf_check(&s->names, s->why)) != NHI_OK)
		return err;
	len = (uint32_t)(s->names.n - at - NAME_HEAD);
	memcpy(s->names.p + at, &len, NAME_HEAD);
	if (!is_new(&s->names, from, at))
		return fail(s, NHI_ERR_JSON_DUPLICATE,
		    "second member of one name (RFC 7519 4)");
	skip_blank(s);
	if (!take(s, ':'))
		return fail(s, NHI_ERR_JSON, "no colon (RFC 8259 4)");
	return scan_value(s);
}

static enum nhi_err
scan_object(struct scan *s)
{
	size_t from = s->names.n, members = 0;
	enum nhi_err err;

	skip_blank(s);
	if (take(s, '}'))
		return NHI_OK;
	do {
		if (++members > NHI_SCAN_MEMBERS)
			return fail(s, NHI_ERR_JSON, "too many members");
		if ((err = scan_member(s, from)) != NHI_OK)
			return err;
	} while (take(s, ','));
	s->names.n = from;
	return take(s, '}') ? NHI_OK :
	    fail(s, NHI_ERR_JSON, "open object (RFC 8259 4)");
}

static enum nhi_err
scan_array(struct scan *s)
{
	enum nhi_err err;

	skip_blank(s);
	if (take(s, ']'))
		return NHI_OK;
	do {
		if ((err = scan_value(s)) != NHI_OK)
			return err;
	} while (take(s, ','));
	return take(s, ']') ? NHI_OK :
	    fail(s, NHI_ERR_JSON, "open array (RFC 8259 5)");
}

static enum nhi_err
scan_nested(struct scan *s)
{
	enum nhi_err err;

	if (s->depth == NHI_SCAN_DEPTH)
		return fail(s, NHI_ERR_JSON_DEPTH, "nested too deeply");
	s->depth++;
	err = *s->p++ == '{' ? scan_object(s) : scan_array(s);
	s->depth--;
	return err;
}

/* Blanks around it included. */
static enum nhi_err
scan_value(struct scan *s)
{
	enum nhi_err err;

	skip_blank(s);
	if (++s->values > NHI_SCAN_VALUES)
		return fail(s, NHI_ERR_JSON, "too many values");
	switch (peek(s)) {
	case '{':
	case '[':
		err = scan_nested(s);
		break;
	case '"':
		err = scan_string(s, NULL);
		break;
	case 't':
		err = scan_word(s, "true");
		break;
	case 'f':
		err = scan_word(s, "false");
		break;
	case 'n':
		err = scan_word(s, "null");
		break;
	default:
		err = scan_number(s);
		break;
	}
	if (err == NHI_OK)
		skip_blank(s);
	return err;
}

static void
wipe(struct scan *s)
{
	nhi_buf_wipe(&s->names);
}

static enum nhi_err
scan_text(struct scan *s)
{
	enum nhi_err err;

	if ((err = scan_value(s)) != NHI_OK)
		return err;
	return s->p == s->end ? NHI_OK :
	    fail(s, NHI_ERR_JSON, "bytes after the value (RFC 8259 2)");
}

enum nhi_err
nhi_scan_json(struct nhi_span text, struct nhi_why *why)
{
	NHI_AUTO(wipe) struct scan s = {
		.start = text.p,
		.p = text.p,
		.end = text.p + text.n,
		.names = NHI_BUF(2 * NHI_SCAN_MAX),
		.why = why,
	};
	enum nhi_err err;

	if (text.n == 0)
		return nhi_fail(why, NHI_ERR_JSON, "no JSON text at all");
	if (text.n > NHI_SCAN_MAX)
		return nhi_fail(why, NHI_ERR_TOO_LARGE,
		    "%zu bytes of JSON, at most %u", text.n, NHI_SCAN_MAX);
	if ((err = nhi_utf8_check(text, why)) != NHI_OK)
		return err;
	return scan_text(&s);
}
