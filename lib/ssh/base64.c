/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/ssh/base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
nhi_ssh_base64_encode(struct nhi_span in, struct nhi_buf *out)
{
	while (in.n > 0) {
		size_t n = in.n < 3 ? in.n : 3;
		uint32_t v = 0;
		char quad[4];

		for (size_t i = 0; i < 3; i++)
			v = v << 8 | (i < n ? (unsigned char)in.p[i] : 0);
		for (size_t i = 0; i < 4; i++)
			quad[i] = i <= n ? digits[v >> (18 - 6 * i) & 63] : '=';
		nhi_buf_put(out, quad, sizeof(quad));
		explicit_bzero(quad, sizeof(quad));
		in.p += n;
		in.n -= n;
	}
}

static int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool
decode_quad(const char *quad, size_t pad, struct nhi_buf *out)
{
	uint32_t v = 0;
	char bytes[3];

	for (size_t i = 0; i < 4; i++) {
		int d = i < 4 - pad ? value(quad[i]) : 0;

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	if ((v & ((1U << 8 * pad) - 1)) != 0)
		return false;	/* unused bits */
	for (size_t i = 0; i < 3; i++)
		bytes[i] = (char)(v >> (16 - 8 * i));
	nhi_buf_put(out, bytes, 3 - pad);
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}

bool
nhi_ssh_base64_decode(struct nhi_span in, struct nhi_buf *out)
{
	size_t pad = 0;

	if (in.n % 4 != 0)
		return false;
	while (pad < 2 && in.n > 0 && in.p[in.n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < in.n; i += 4)
		if (!decode_quad(in.p + i, i + 4 == in.n ? pad : 0, out))
			return false;
	return out->err == NHI_OK;
}
