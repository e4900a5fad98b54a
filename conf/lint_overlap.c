/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identities that one token could match for one account: at a login that is
 * refused as ambiguous, so it is a fault here.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/lint.h"
#include "conf/match_make.h"

/*
 * Does any claim keep the two apart?  One that has a fault of its own is not
 * told of twice.
 */
static bool
apart(const struct nhi_conf_identity *a, const struct nhi_conf_identity *b)
{
	const struct nhi_conf_match *x = a->match.p, *y = b->match.p;

	for (size_t i = 0; i < a->match.n; i++)
		for (size_t k = 0; k < b->match.n; k++) {
			struct nhi_match m = nhi_match_view(&x[i]);
			struct nhi_match o = nhi_match_view(&y[k]);

			if (m.values.n == 0 || o.values.n == 0 ||
			    nhi_match_disjoint(&m, &o))
				return true;
		}
	return false;
}

static const char *
url_of(const struct nhi_lint_identity *e)
{
	if (e->issuer == NULL || e->preset == NULL)
		return NULL;
	return e->issuer->url != NULL ? e->issuer->url : e->preset->url;
}

static bool
same_issuer(const struct nhi_lint_identity *a,
    const struct nhi_lint_identity *b)
{
	const char *x = url_of(a), *y = url_of(b);

	return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static void
lint_pairs(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    size_t n)
{
	for (size_t i = 1; i < n && l->faults->n < NHI_FAULTS_MAX; i++)
		for (size_t k = 0; k < i; k++) {
			if (!same_issuer(&e[i], &e[k]) ||
			    apart(e[i].from, e[k].from))
				continue;
			nhi_fault(l->faults, e[i].from->at[0],
			    "identity \"%s\" can match the same token as "
			    "\"%s\" for account \"%s\"; give one claim "
			    "different values in the two", e[i].from->name,
			    e[k].from->name, e[i].account.key);
			break;
		}
}

void
nhi_lint_overlaps(const struct nhi_lint *l)
{
	size_t first = 0;

	for (size_t i = 1; i <= l->n; i++) {
		const char *key = l->list[first].account.key;

		if (i < l->n && strcmp(key, l->list[i].account.key) == 0)
			continue;
		if (key[0] != '\0' && i - first <= NHI_RULES_IDENTITIES)
			lint_pairs(l, &l->list[first], i - first);
		first = i;
	}
}
