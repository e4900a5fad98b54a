/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/lint.h"

static const struct nhi_conf_issuer *
find_issuer(const struct nhi_groups *g, const char *name)
{
	const struct nhi_conf_issuer *p = g->p;

	for (size_t i = 0; name != NULL && i < g->n; i++)
		if (p[i].name != NULL && strcmp(p[i].name, name) == 0)
			return &p[i];
	return NULL;
}

static int
by_account(const void *a, const void *b)
{
	const struct nhi_lint_identity *x = a, *y = b;
	int r = strcmp(x->account.key, y->account.key);

	if (r == 0 && x->from->name != NULL && y->from->name != NULL)
		r = strcmp(x->from->name, y->from->name);
	return r;
}

static bool
make_list(struct nhi_lint *l)
{
	const struct nhi_groups *g = &l->top->identities;
	const struct nhi_conf_identity *from = g->p;

	if ((l->list = calloc(g->n + 1, sizeof(*l->list))) == NULL)
		return false;
	for (size_t i = 0; i < g->n; i++) {
		struct nhi_lint_identity *e = &l->list[l->n++];

		e->from = &from[i];
		e->issuer = find_issuer(&l->top->issuers, from[i].issuer);
		if (e->issuer != NULL && e->issuer->preset != NULL)
			e->preset = nhi_preset_find(e->issuer->preset);
		if (from[i].account != NULL)
			(void)nhi_pattern_parse(from[i].account,
			    &e->account);
	}
	if (l->n > 1)
		qsort(l->list, l->n, sizeof(*l->list), by_account);
	return true;
}

void
nhi_lint(const struct nhi_conf *conf, const struct nhi_world *world,
    struct nhi_faults *faults)
{
	struct nhi_lint l = { .top = &conf->top, .world = world,
	    .owner = conf->owner, .host_id = conf->top.host.id,
	    .uids = conf->top.uid_range, .faults = faults };

	if (!conf->parsed)
		return;
	if (l.host_id == NULL)
		l.host_id = world->node;
	if (conf->top.at[NHI_AT(top, uid_range)].line == 0)
		l.uids = (struct nhi_conf_range){ NHI_UID_LO, NHI_UID_HI };
	if (!make_list(&l)) {
		faults->no_memory = true;
		return;
	}
	nhi_lint_host(&l);
	nhi_lint_issuers(&l);
	nhi_lint_identities(&l);
	nhi_lint_accounts(&l);
	nhi_lint_overlaps(&l);
	free(l.list);
}
