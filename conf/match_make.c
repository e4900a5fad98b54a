/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/match_make.h"

struct nhi_match
nhi_match_view(const struct nhi_conf_match *from)
{
	const struct nhi_conf_values *v = from->is.list.n > 0 ? &from->is :
	    &from->in;
	struct nhi_match m = { .claim = from->claim, .op = NHI_OP_IN,
	    .type = v->type, .values = v->list };

	if (v == &from->is)
		m.op = NHI_OP_IS;
	if (v->list.n > 0)
		return m;
	m.op = from->prefix != NULL ? NHI_OP_PREFIX : NHI_OP_GLOB;
	m.type = NHI_TYPE_STRING;
	/* One text is a list of one, in place. */
	m.values.p = (char **)(uintptr_t)(from->prefix != NULL ?
	    &from->prefix : &from->glob);
	m.values.n = *m.values.p == NULL ? 0 : 1;
	return m;
}

struct nhi_match *
nhi_match_borrow(const struct nhi_groups *g)
{
	const struct nhi_conf_match *from = g->p;
	struct nhi_match *m = calloc(g->n + 1, sizeof(*m));

	for (size_t i = 0; m != NULL && i < g->n; i++)
		m[i] = nhi_match_view(&from[i]);
	return m;
}

static bool
same_claim(const struct nhi_list *a, const struct nhi_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->p[i], b->p[i]) != 0)
			return false;
	return true;
}

/* How many characters of a value this demands from its beginning. */
static size_t
literal(const struct nhi_match *m, const char *value)
{
	return m->op == NHI_OP_GLOB ? strcspn(value, "*?") : strlen(value);
}

static bool
is_whole(const struct nhi_match *m)
{
	return m->op == NHI_OP_IS || m->op == NHI_OP_IN;
}

/* Can one text be as both values want it?  True when it cannot be told. */
static bool
compatible(const struct nhi_match *a, const char *x,
    const struct nhi_match *b, const char *y)
{
	size_t n = literal(a, x), k = literal(b, y);

	if (is_whole(a) && is_whole(b))
		return strcmp(x, y) == 0;
	/* A whole text that is shorter than what the other begins with. */
	if ((is_whole(a) && n < k) || (is_whole(b) && k < n))
		return false;
	return memcmp(x, y, n < k ? n : k) == 0;
}

bool
nhi_match_disjoint(const struct nhi_match *a, const struct nhi_match *b)
{
	if (!same_claim(&a->claim, &b->claim) || a->claim.n == 0)
		return false;
	if (a->type != b->type)
		return true;
	for (size_t i = 0; i < a->values.n; i++)
		for (size_t k = 0; k < b->values.n; k++)
			if (compatible(a, a->values.p[i], b, b->values.p[k]))
				return false;
	return a->values.n > 0 && b->values.n > 0;
}
