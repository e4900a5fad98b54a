/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/token/base64url.h"

/* What a character is worth, and one more; 0: it is not of the alphabet. */
static const uint8_t worth[256] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6,
	['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12,
	['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17,
	['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22,
	['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27,
	['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37,
	['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47,
	['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52,
	['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57,
	['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62,
	['-'] = 63, ['_'] = 64,
};

/* -1: not of the alphabet. */
static int
sextet(char c)
{
	return worth[(unsigned char)c] - 1;
}

/* Groups of four characters, as long as they are of the alphabet. */
static size_t
decode_groups(struct nhi_span s, char **room)
{
	size_t i;

	for (i = 0; i + 4 <= s.n; i += 4) {
		int a = sextet(s.p[i]), b = sextet(s.p[i + 1]);
		int c = sextet(s.p[i + 2]), d = sextet(s.p[i + 3]);

		if ((a | b | c | d) < 0)
			break;
		*(*room)++ = (char)(a << 2 | b >> 4);
		*(*room)++ = (char)(b << 4 | c >> 2);
		*(*room)++ = (char)(c << 6 | d);
	}
	return i;
}

/* The whole octets, into room for them. */
static enum nhi_err
decode(struct nhi_span s, char *room, struct nhi_why *why)
{
	uint32_t bits = 0;
	unsigned int held = 0;

	for (size_t i = decode_groups(s, &room); i < s.n; i++) {
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
