/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the published format. */
#include "config.h"

#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/base/rules.h"

static bool
is_plain(char c)
{
	return c >= '!' && c <= '~' && c != '%';
}

void
nhi_word_put(struct nhi_buf *b, struct nhi_span s)
{
	if (b->n > 0 && b->p[b->n - 1] != '\n')
		nhi_buf_char(b, ' ');
	if (s.n == 0)
		nhi_buf_char(b, '%');
	for (size_t i = 0; i < s.n; i++) {
		if (is_plain(s.p[i]))
			nhi_buf_char(b, s.p[i]);
		else
			nhi_buf_printf(b, "%%%02x", (unsigned char)s.p[i]);
	}
}

/* Decode a word in place of out, which has room for s.n + 1. */
static bool
decode(struct nhi_span s, char *out)
{
	size_t n = 0;

	if (nhi_span_is(s, "%"))
		s.n = 0;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t byte;

		if (is_plain(s.p[i])) {
			out[n++] = s.p[i];
			continue;
		}
		if (s.p[i] != '%' || s.n - i < 3 || !nhi_num_unhex(
		    (struct nhi_span){ s.p + i + 1, 2 }, &byte, 1) ||
		    byte == 0 || is_plain((char)byte))
			return false;
		out[n++] = (char)byte;
		i += 2;
	}
	out[n] = '\0';
	return true;
}

enum nhi_err
nhi_word_cut(struct nhi_span *line, char **ret)
{
	struct nhi_span word;
	char *out;

	if (!nhi_span_cut(line, ' ', &word) || word.n == 0)
		return NHI_ERR_POLICY_INVALID;
	if ((out = malloc(word.n + 1)) == NULL)
		return NHI_ERR_NO_MEMORY;
	if (!decode(word, out)) {
		free(out);
		return NHI_ERR_POLICY_INVALID;
	}
	*ret = out;
	return NHI_OK;
}
