/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The states are those of libconfig's own scanner: '#' and two slashes to the
 * end of the line, C comments, strings with backslashes.
 */
#include "config.h"

#include <string.h>

#include "conf/scan.h"
#include "lib/base/num.h"

struct scan {
	struct nhi_span rest;
	struct nhi_place at;
	struct nhi_faults *faults;
	unsigned int depth;
	bool good;
};

#define FAULT(s, ...)							\
	do {								\
		nhi_fault((s)->faults, (s)->at, __VA_ARGS__);		\
		(s)->good = false;					\
	} while (0)

static bool
in_set(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || in_set(c, "_*-");
}

/* Take n bytes off the front, counting lines. */
static void
skip(struct scan *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s->rest.p[i] == '\n')
			s->at.line++;
	s->rest.p += n;
	s->rest.n -= n;
}

static bool
starts(const struct scan *s, const char *text)
{
	size_t n = strlen(text);

	return s->rest.n >= n && memcmp(s->rest.p, text, n) == 0;
}

static void
skip_line(struct scan *s)
{
	const char *end = memchr(s->rest.p, '\n', s->rest.n);

	skip(s, end == NULL ? s->rest.n : (size_t)(end - s->rest.p));
}

static void
skip_comment(struct scan *s)
{
	struct nhi_place from = s->at;

	skip(s, 2);
	while (s->rest.n > 0 && !starts(s, "*/"))
		skip(s, 1);
	if (s->rest.n == 0) {
		s->at = from;
		FAULT(s, "the comment that begins here has no end");
		return;
	}
	skip(s, 2);
}

static void
skip_string(struct scan *s)
{
	struct nhi_place from = s->at;

	skip(s, 1);
	while (s->rest.n > 0 && s->rest.p[0] != '"')
		skip(s, s->rest.p[0] == '\\' && s->rest.n > 1 ? 2 : 1);
	if (s->rest.n == 0) {
		s->at = from;
		FAULT(s, "the string that begins here has no end");
		return;
	}
	skip(s, 1);
}

/*
 * Decimal, at most what an int holds, or with L eighteen digits: everything
 * else means different things to different versions of libconfig.
 */
static void
take_number(struct scan *s)
{
	struct nhi_span digits = { s->rest.p, 0 };
	size_t n = 0;
	uint64_t v;
	bool large;

	while (n < s->rest.n && is_word(s->rest.p[n]) && s->rest.p[n] != '-')
		n++;
	while (digits.n < n && is_digit(digits.p[digits.n]))
		digits.n++;
	large = digits.n < n && in_set(digits.p[digits.n], "Ll");
	if (n > digits.n + (large ? 1 : 0))
		FAULT(s, "\"%.*s\" is not a decimal number",
		    (int)(n > 40 ? 40 : n), s->rest.p);
	else if (!large && digits.p[0] != '0' &&
	    nhi_num_parse(digits, INT64_MAX, &v) && v > INT32_MAX)
		FAULT(s, "the number %.*s is above 2147483647: it needs an L "
		    "behind it", (int)n, s->rest.p);
	else if (digits.n > 18 || !nhi_num_parse(digits,
	    large ? INT64_MAX : INT32_MAX, &v))
		FAULT(s, "the number %.*s is too large or begins with 0",
		    (int)(n > 40 ? 40 : n), s->rest.p);
	skip(s, n);
}

static void
take_word(struct scan *s)
{
	size_t n = 1;

	while (n < s->rest.n && is_word(s->rest.p[n]))
		n++;
	skip(s, n);
}

static void
take_mark(struct scan *s)
{
	char c = s->rest.p[0];

	if (in_set(c, "({[") && ++s->depth == NHI_SCAN_DEPTH + 1)
		FAULT(s, "more than %d brackets inside each other",
		    NHI_SCAN_DEPTH);
	if (in_set(c, ")}]") && s->depth > 0)
		s->depth--;
	if (c == '@')
		FAULT(s, "@include is refused: put files into conf.d");
	else if ((unsigned char)c < ' ' && !in_set(c, "\t\n\r"))
		FAULT(s, "control character 0x%02x", (unsigned char)c);
	else if ((unsigned char)c >= 0x7f)
		FAULT(s, "byte 0x%02x outside of a string", (unsigned char)c);
	skip(s, 1);
}

static void
step(struct scan *s)
{
	char c = s->rest.p[0];

	if (c == '#' || starts(s, "//"))
		skip_line(s);
	else if (starts(s, "/*"))
		skip_comment(s);
	else if (c == '"')
		skip_string(s);
	else if (is_digit(c))
		take_number(s);
	else if (is_word(c) && c != '-')
		take_word(s);
	else
		take_mark(s);
}

bool
nhi_scan(struct nhi_span text, const char *file, struct nhi_faults *faults)
{
	struct scan s = { .rest = text, .at = { file, 1 }, .faults = faults,
	    .good = true };

	if (text.n > 0 && memchr(text.p, '\0', text.n) != NULL) {
		FAULT(&s, "there is a NUL in the file");
		return false;
	}
	if (starts(&s, "\xef\xbb\xbf")) {
		FAULT(&s, "there is a byte order mark before the text");
		s.rest.p += 3;
		s.rest.n -= 3;
	}
	while (s.rest.n > 0)
		step(&s);
	return s.good;
}

/* Length of the well-formed sequence at p (RFC 3629 4), 0 for none. */
static size_t
utf8_length(const unsigned char *p)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	unsigned int low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned int high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;

	if ((p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (p[i] < low || p[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

bool
nhi_scan_text(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n;

	while (*p != '\0') {
		if (*p < ' ' || *p == 0x7f || (n = utf8_length(p)) == 0)
			return false;
		p += n;
	}
	return true;
}
