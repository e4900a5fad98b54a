/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/ssh/der.h"

#define LONG_1	0x81	/* length in one more octet */
#define LONG_2	0x82	/* in two */

void
nhi_ssh_der_put(struct nhi_buf *out, uint8_t tag, struct nhi_span content)
{
	if (content.n > UINT16_MAX) {
		(void)nhi_buf_room(out, SIZE_MAX);
		return;
	}
	nhi_buf_u8(out, tag);
	if (content.n > UINT8_MAX) {
		nhi_buf_u8(out, LONG_2);
		nhi_buf_u16(out, (uint16_t)content.n);
	} else {
		if (content.n >= 0x80)
			nhi_buf_u8(out, LONG_1);
		nhi_buf_u8(out, (uint8_t)content.n);
	}
	nhi_buf_span(out, content);
}

/* Lengths must be as short as they can be. */
static bool
take_length(struct nhi_span *in, size_t *ret)
{
	uint16_t n2;
	uint8_t n;

	if (!nhi_span_u8(in, &n))
		return false;
	*ret = n;
	if (n < 0x80)
		return true;
	if (n == LONG_1 && nhi_span_u8(in, &n)) {
		*ret = n;
		return n >= 0x80;
	}
	if (n == LONG_2 && nhi_span_u16(in, &n2)) {
		*ret = n2;
		return n2 > UINT8_MAX;
	}
	return false;
}

bool
nhi_ssh_der_take(struct nhi_span *in, uint8_t tag, struct nhi_span *ret)
{
	struct nhi_span rest = *in;
	uint8_t found;
	size_t n;

	if (!nhi_span_u8(&rest, &found) || found != tag ||
	    !take_length(&rest, &n) || !nhi_span_take(&rest, n, ret))
		return false;
	*in = rest;
	return true;
}
