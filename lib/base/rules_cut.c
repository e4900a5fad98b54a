/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/rules_cut.h"

void *
nhi_rules_add(void **array, size_t *n, size_t size, size_t max)
{
	char *p;

	if (*n >= max || (p = realloc(*array, (*n + 1) * size)) == NULL)
		return NULL;
	*array = p;
	p += *n * size;
	memset(p, 0, size);
	(*n)++;
	return p;
}

enum nhi_err
nhi_rules_cut_num(struct nhi_span *line, uint64_t max, int64_t *ret)
{
	struct nhi_span word;
	uint64_t v;

	if (!nhi_span_cut(line, ' ', &word) || !nhi_num_parse(word, max, &v))
		return NHI_ERR_POLICY_INVALID;
	*ret = (int64_t)v;
	return NHI_OK;
}

enum nhi_err
nhi_rules_cut_bool(struct nhi_span *line, bool *ret)
{
	int64_t v;
	enum nhi_err err;

	if ((err = nhi_rules_cut_num(line, 1, &v)) == NHI_OK)
		*ret = v == 1;
	return err;
}

enum nhi_err
nhi_rules_cut_list(struct nhi_span *line, size_t max, struct nhi_list *l)
{
	enum nhi_err err = NHI_OK;

	for (size_t i = 0; err == NHI_OK && i < max && line->p != NULL; i++) {
		NHI_AUTO(nhi_free) char *word = NULL;

		if ((err = nhi_word_cut(line, &word)) == NHI_OK)
			err = nhi_list_add(l, nhi_span_str(word));
	}
	return err == NHI_ERR_TOO_LARGE ? NHI_ERR_POLICY_INVALID : err;
}
