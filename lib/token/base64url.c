/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/token/base64url.h"

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

enum nhi_err
nhi_base64url_decode(struct nhi_span s, struct nhi_buf *out,
    struct nhi_why *why)
{
	uint32_t bits = 0;
	unsigned int held = 0;

	if (s.n % 4 == 1)
		return nhi_fail(why, NHI_ERR_BASE64URL,
		    "no octets make %zu characters (RFC 4648 5)", s.n);
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
		nhi_buf_u8(out, (uint8_t)(bits >> held));
		bits &= (UINT32_C(1) << held) - 1;
	}
	if (bits != 0)
		return nhi_fail(why, NHI_ERR_BASE64URL,
		    "unused bits are not zero (RFC 4648 3.5)");
	return nhi_buf_check(out, why);
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
