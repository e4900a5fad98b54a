/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/token/base64url.h"

#define FIRST	0x20

/* What a character from 0x20 to 0x7f is worth. */
static const int8_t sextets[] = {
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
	-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63,
	-1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
};

static int
sextet(char c)
{
	size_t at = (size_t)(unsigned char)c - FIRST;

	return at < sizeof(sextets) ? sextets[at] : -1;
}

/* The whole octets, into room for them. */
static enum nhi_err
decode(struct nhi_span s, char *room, struct nhi_why *why)
{
	uint32_t bits = 0;
	unsigned int held = 0;

	for (size_t i = 0; i < s.n; i++) {
		int v = sextet(s.p[i]);

		if (v < 0)
			return nhi_fail(why, NHI_ERR_BASE64URL,
			    "character 0x%02x at %zu is not of the alphabet "
			    "(RFC 4648 5)", (unsigned char)s.p[i], i);
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		*room++ = (char)(bits >> held);
		bits &= (UINT32_C(1) << held) - 1;
	}
	if (bits != 0)
		return nhi_fail(why, NHI_ERR_BASE64URL,
		    "unused bits are not zero (RFC 4648 3.5)");
	*room = '\0';
	return NHI_OK;
}

enum nhi_err
nhi_base64url_decode(struct nhi_span s, struct nhi_buf *out,
    struct nhi_why *why)
{
	size_t n = s.n / 4 * 3 + s.n % 4 * 3 / 4;
	char *room;
	enum nhi_err err;

	if (s.n % 4 == 1)
		return nhi_fail(why, NHI_ERR_BASE64URL,
		    "no octets make %zu characters (RFC 4648 5)", s.n);
	if ((room = nhi_buf_room(out, n)) == NULL)
		return nhi_buf_check(out, why);
	if ((err = decode(s, room, why)) != NHI_OK) {
		*room = '\0';
		return err;
	}
	out->n += n;
	return NHI_OK;
}

void
nhi_base64url_put(struct nhi_buf *b, struct nhi_span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	unsigned int held = 0;

	for (size_t i = 0; i < s.n; i++) {
		bits = bits << 8 | (unsigned char)s.p[i];
		for (held += 8; held >= 6; held -= 6)
			nhi_buf_char(b, digits[bits >> (held - 6) & 63]);
	}
	if (held > 0)
		nhi_buf_char(b, digits[bits << (6 - held) & 63]);
}
