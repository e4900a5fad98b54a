/* SPDX-License-Identifier: BSD-2-Clause */
/* Accounts among each other and beside the host's own. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/lint.h"

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Sets of names. */
static bool
same_list(const struct nhi_list *a, const struct nhi_list *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!nhi_list_has(b, a->p[i]))
			return false;
	for (size_t i = 0; i < b->n; i++)
		if (!nhi_list_has(a, b->p[i]))
			return false;
	return true;
}

static void
lint_agreement(const struct nhi_lint *l, const struct nhi_conf_identity *a,
    const struct nhi_conf_identity *b)
{
	const char *what = !same_text(a->account, b->account) ? "account" :
	    a->uid != b->uid ? "uid" :
	    !same_list(&a->groups, &b->groups) ? "groups" :
	    !same_text(a->home, b->home) ? "home" :
	    a->remove_home != b->remove_home ? "remove_home" :
	    !same_text(a->shell, b->shell) ? "shell" :
	    !same_list(&a->sudo, &b->sudo) ? "sudo" : NULL;

	if (what != NULL && b->name != NULL)
		nhi_fault(l->faults, b->at[0], "identity \"%s\" shares its "
		    "account with the one in %s, line %u, and must have the "
		    "same %s", b->name, a->at[0].file, a->at[0].line, what);
}

/* Names */

static void
lint_files(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	const struct nhi_world_names *lists[] = { &l->world->users,
	    &l->world->groups };
	static const char *const files[] = { "/etc/passwd", "/etc/group" };
	size_t n = strlen(e->account.key);

	for (size_t k = 0; k < 2; k++) {
		const struct nhi_world_names *w = lists[k];
		const struct nhi_world_name *hit = e->account.is_template ?
		    NULL : nhi_world_find(w, e->account.key);

		for (size_t i = 0; e->account.is_template && i < w->n; i++)
			if (strncmp(w->p[i].name, e->account.key, n) == 0)
				hit = &w->p[i];
		if (hit != NULL)
			nhi_fault(l->faults,
			    NHI_LINT_AT(identity, e->from, account),
			    "identity \"%s\": %s has \"%s\" already",
			    e->from->name, files[k], hit->name);
	}
}

/* Templates are few: against every other account. */
static void
lint_prefix(const struct nhi_lint *l, const struct nhi_lint_identity *t)
{
	size_t n = strlen(t->account.key);

	for (size_t i = 0; i < l->n; i++) {
		const struct nhi_lint_identity *e = &l->list[i];

		if (strncmp(e->account.key, t->account.key, n) != 0 ||
		    strcmp(e->account.key, t->account.key) == 0 ||
		    e->from->name == NULL)
			continue;
		if (e->account.is_template)
			nhi_fault(l->faults,
			    NHI_LINT_AT(identity, e->from, account),
			    "identity \"%s\": its template begins with that "
			    "of \"%s\", \"%s\"", e->from->name,
			    t->from->name, t->account.key);
		else if (nhi_name_fits(e->account.key, t->account.pattern))
			nhi_fault(l->faults,
			    NHI_LINT_AT(identity, e->from, account),
			    "identity \"%s\": account \"%s\" fits the "
			    "template of \"%s\"", e->from->name,
			    e->account.key, t->from->name);
	}
}

/* UIDs */

static void
lint_uid(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	const struct nhi_conf_identity *i = e->from;
	struct nhi_place at = NHI_LINT_AT(identity, i, uid);
	uint32_t uid = (uint32_t)i->uid;
	const struct nhi_world_name *user;

	if (uid == 0)
		return;
	if ((user = nhi_world_find_id(&l->world->users, uid)) != NULL ||
	    (user = nhi_world_find_id(&l->world->groups, uid)) != NULL)
		nhi_fault(l->faults, at, "identity \"%s\": uid %" PRIu32
		    " is that of \"%s\" in /etc/passwd or /etc/group",
		    i->name, uid, user->name);
	if (nhi_world_overlaps(&l->world->sub, uid, uid))
		nhi_fault(l->faults, at, "identity \"%s\": uid %" PRIu32
		    " is a subordinate id of /etc/subuid or /etc/subgid",
		    i->name, uid);
	if (!nhi_world_covers(&l->world->uids, uid, uid) ||
	    !nhi_world_covers(&l->world->gids, uid, uid))
		nhi_fault(l->faults, at, "identity \"%s\": uid %" PRIu32
		    " is not there in this user namespace", i->name, uid);
}

static int
by_uid(const void *a, const void *b)
{
	const struct nhi_lint_identity *x = *(const void *const *)a;
	const struct nhi_lint_identity *y = *(const void *const *)b;

	if (x->from->uid != y->from->uid)
		return x->from->uid < y->from->uid ? -1 : 1;
	return strcmp(x->account.key, y->account.key);
}

static void
lint_uids(const struct nhi_lint *l)
{
	const struct nhi_lint_identity **p;
	size_t n = 0;

	if ((p = calloc(l->n + 1, sizeof(*p))) == NULL) {
		l->faults->no_memory = true;
		return;
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].from->uid != 0)
			p[n++] = &l->list[i];
	if (n > 1)
		qsort(p, n, sizeof(*p), by_uid);
	for (size_t i = 1; i < n; i++)
		if (p[i]->from->uid == p[i - 1]->from->uid &&
		    strcmp(p[i]->account.key, p[i - 1]->account.key) != 0)
			nhi_fault(l->faults,
			    NHI_LINT_AT(identity, p[i]->from, uid),
			    "uid %" PRId64 " is that of account \"%s\" as "
			    "well", p[i]->from->uid, p[i - 1]->account.key);
	free(p);
}

void
nhi_lint_accounts(const struct nhi_lint *l)
{
	const struct nhi_lint_identity *first = NULL;
	size_t shared = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct nhi_lint_identity *e = &l->list[i];

		if (e->account.key[0] == '\0' || e->from->name == NULL)
			continue;
		if (first != NULL && strcmp(first->account.key,
		    e->account.key) == 0) {
			lint_agreement(l, first->from, e->from);
			if (++shared == NHI_RULES_IDENTITIES)
				nhi_fault(l->faults, e->from->at[0],
				    "more than %d identities share account "
				    "\"%s\"", NHI_RULES_IDENTITIES,
				    e->account.key);
			continue;
		}
		first = e;
		shared = 0;
		lint_files(l, e);
		lint_uid(l, e);
		if (e->account.is_template)
			lint_prefix(l, e);
	}
	lint_uids(l);
}
