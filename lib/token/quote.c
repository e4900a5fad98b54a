/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/token/quote.h"

#define SHOWN	48

struct nhi_quote
nhi_quote(struct nhi_span s)
{
	struct nhi_quote q = { "" };
	size_t n = 0;

	q.text[n++] = '"';
	for (size_t i = 0; i < s.n && i < SHOWN; i++)
		q.text[n++] = s.p[i] >= ' ' && s.p[i] <= '~' &&
		    s.p[i] != '"' ? s.p[i] : '?';
	q.text[n++] = '"';
	for (size_t i = 0; s.n > SHOWN && i < 3; i++)
		q.text[n++] = '.';
	return q;
}
