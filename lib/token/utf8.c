/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/token/utf8.h"

/* The table of RFC 3629 4: first octet, range of the second, length. */
static const struct {
	uint8_t first, last, low, high;
	size_t n;
} forms[] = {
	{ 0x00, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	/* End of the forms */
};

static bool
tail_fits(const unsigned char *p, size_t form)
{
	if (forms[form].n == 1)
		return true;
	if (p[1] < forms[form].low || p[1] > forms[form].high)
		return false;
	for (size_t i = 2; i < forms[form].n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t
nhi_utf8_step(struct nhi_span s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n == 0)
		return 0;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (p[0] >= forms[i].first && p[0] <= forms[i].last)
			return s.n >= forms[i].n && tail_fits(p, i) ?
			    forms[i].n : 0;
	return 0;
}

/* Whole words of ASCII at the front: how many octets. */
static size_t
ascii(struct nhi_span s)
{
	uint64_t word;
	size_t n = 0;

	for (; s.n - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s.p + n, sizeof(word));
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	return n;
}

enum nhi_err
nhi_utf8_check(struct nhi_span s, struct nhi_why *why)
{
	size_t at = ascii(s), step;

	for (; at < s.n; at += step) {
		step = ((unsigned char)s.p[at] & 0x80) == 0 ? 1 :
		    nhi_utf8_step((struct nhi_span){ s.p + at, s.n - at });
		if (step == 0)
			return nhi_fail(why, NHI_ERR_UTF8,
			    "ill-formed octets at byte %zu (RFC 3629 4)", at);
	}
	return NHI_OK;
}

void
nhi_utf8_put(struct nhi_buf *b, uint32_t c)
{
	if (c < 0x80) {
		nhi_buf_u8(b, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		nhi_buf_u8(b, (uint8_t)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		nhi_buf_u8(b, (uint8_t)(0xe0 | c >> 12));
		nhi_buf_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	} else {
		nhi_buf_u8(b, (uint8_t)(0xf0 | c >> 18));
		nhi_buf_u8(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		nhi_buf_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	nhi_buf_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
}
