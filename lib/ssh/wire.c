/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/ssh/wire.h"

#define TOP_BIT	0x80

static unsigned char
octet(struct nhi_span s, size_t i)
{
	return (unsigned char)s.p[i];
}

bool
nhi_wire_string(struct nhi_span *in, struct nhi_span *ret)
{
	struct nhi_span rest = *in;
	uint32_t n;

	if (!nhi_span_u32(&rest, &n) || !nhi_span_take(&rest, n, ret))
		return false;
	*in = rest;
	return true;
}

bool
nhi_wire_mpint(struct nhi_span *in, struct nhi_span *ret)
{
	struct nhi_span rest = *in, v;

	if (!nhi_wire_string(&rest, &v) || v.n == 0)
		return false;
	if (octet(v, 0) & TOP_BIT)
		return false;	/* negative */
	if (octet(v, 0) == 0 && (v.n == 1 || !(octet(v, 1) & TOP_BIT)))
		return false;	/* zero, or not minimal */
	*in = rest;
	*ret = v;
	return true;
}

size_t
nhi_wire_bits(struct nhi_span v)
{
	size_t bits;

	while (v.n > 0 && v.p[0] == 0) {
		v.p++;
		v.n--;
	}
	if (v.n == 0)
		return 0;
	bits = (v.n - 1) * 8;
	for (unsigned int top = octet(v, 0); top != 0; top >>= 1)
		bits++;
	return bits;
}

void
nhi_wire_put(struct nhi_buf *out, struct nhi_span s)
{
	if (s.n > UINT32_MAX) {
		(void)nhi_buf_room(out, SIZE_MAX);
		return;
	}
	nhi_buf_u32(out, (uint32_t)s.n);
	nhi_buf_span(out, s);
}

void
nhi_wire_put_str(struct nhi_buf *out, const char *s)
{
	nhi_wire_put(out, nhi_span_str(s));
}

void
nhi_wire_put_mpint(struct nhi_buf *out, struct nhi_span v)
{
	bool pad;

	while (v.n > 0 && v.p[0] == 0) {
		v.p++;
		v.n--;
	}
	pad = v.n > 0 && (octet(v, 0) & TOP_BIT);
	if (v.n >= UINT32_MAX) {
		(void)nhi_buf_room(out, SIZE_MAX);
		return;
	}
	nhi_buf_u32(out, (uint32_t)v.n + pad);
	if (pad)
		nhi_buf_u8(out, 0);
	nhi_buf_span(out, v);
}

bool
nhi_wire_printable(struct nhi_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}
