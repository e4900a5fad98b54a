/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/compile_identity.h"
#include "conf/match_make.h"

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum nhi_err
nhi_list_copy_sorted(const struct nhi_list *from, struct nhi_list *to)
{
	char *sorted[NHI_RULES_LIST];
	enum nhi_err err = NHI_OK;

	if (from->n == 0)
		return NHI_OK;
	if (from->n > NHI_RULES_LIST)
		return NHI_ERR_TOO_LARGE;
	memcpy(sorted, from->p, from->n * sizeof(sorted[0]));
	qsort(sorted, from->n, sizeof(sorted[0]), by_text);
	for (size_t i = 0; err == NHI_OK && i < from->n; i++)
		if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
			err = nhi_list_add(to, nhi_span_str(sorted[i]));
	return err;
}

static enum nhi_err
copy_list(const struct nhi_list *from, struct nhi_list *to)
{
	enum nhi_err err = NHI_OK;

	for (size_t i = 0; err == NHI_OK && i < from->n; i++)
		err = nhi_list_add(to, nhi_span_str(from->p[i]));
	return err;
}

/* Order */

void
nhi_order_free(struct nhi_order **o)
{
	free(*o);
	*o = NULL;
}

static int
compare_order(const void *a, const void *b)
{
	const struct nhi_order *x = a, *y = b;
	int r = strcmp(x->account.key, y->account.key);

	return r != 0 ? r : strcmp(x->from->name, y->from->name);
}

struct nhi_order *
nhi_order_make(const struct nhi_groups *g)
{
	const struct nhi_conf_identity *from = g->p;
	struct nhi_order *o = calloc(g->n + 1, sizeof(*o));

	if (o == NULL)
		return NULL;
	for (size_t i = 0; i < g->n; i++) {
		o[i].from = &from[i];
		(void)nhi_pattern_parse(from[i].account, &o[i].account);
	}
	if (g->n > 1)
		qsort(o, g->n, sizeof(*o), compare_order);
	return o;
}

/* Matches */

static enum nhi_err
make_match(const struct nhi_conf_match *from, struct nhi_match *to)
{
	const struct nhi_match view = nhi_match_view(from);

	to->op = view.op;
	to->type = view.type;
	if (copy_list(&view.claim, &to->claim) != NHI_OK)
		return NHI_ERR_NO_MEMORY;
	return nhi_list_copy_sorted(&view.values, &to->values);
}

static int
compare_lists(const struct nhi_list *x, const struct nhi_list *y)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->n && i < y->n; i++)
		r = strcmp(x->p[i], y->p[i]);
	return r != 0 ? r : x->n < y->n ? -1 : x->n > y->n;
}

static int
by_match(const void *a, const void *b)
{
	const struct nhi_match *x = a, *y = b;
	int r = compare_lists(&x->claim, &y->claim);

	if (r == 0)
		r = (int)x->op - (int)y->op;
	if (r == 0)
		r = (int)x->type - (int)y->type;
	return r != 0 ? r : compare_lists(&x->values, &y->values);
}

static enum nhi_err
make_matches(const struct nhi_groups *g, struct nhi_identity *to)
{
	const struct nhi_conf_match *from = g->p;
	enum nhi_err err = NHI_OK;

	if ((to->matches = calloc(g->n + 1, sizeof(*to->matches))) == NULL)
		return NHI_ERR_NO_MEMORY;
	for (size_t i = 0; err == NHI_OK && i < g->n; i++)
		err = make_match(&from[i], &to->matches[to->nmatches++]);
	if (to->nmatches > 1)
		qsort(to->matches, to->nmatches, sizeof(*to->matches),
		    by_match);
	return err;
}

/* The account of the identity */

/* The group of all accounts first: it is what sshd matches. */
static enum nhi_err
make_gids(const struct nhi_world *w, struct nhi_plan *plan,
    struct nhi_plan_account *a, struct nhi_why *why)
{
	plan->grouped = nhi_world_gid(w, NHI_ACCOUNTS_GROUP,
	    &a->gids[a->ngids++]);
	for (size_t i = 0; i < a->groups.n; i++) {
		if (a->ngids >= NHI_ACCOUNT_GROUPS ||
		    !nhi_world_gid(w, a->groups.p[i], &a->gids[a->ngids]))
			return nhi_fail(why, NHI_ERR_POLICY_INVALID,
			    "there is no group \"%s\"", a->groups.p[i]);
		a->ngids++;
	}
	return NHI_OK;
}

/* A home that ends in '/' gets the name; a template's gets it at lookup. */
static void
make_home(const char *home, struct nhi_plan_account *a)
{
	bool append = home[strlen(home) - 1] == '/' && !a->name.is_template;

	(void)snprintf(a->home, sizeof(a->home), "%s%s", home,
	    append ? a->name.key : "");
}

static enum nhi_err
make_account(const struct nhi_conf_top *top, const struct nhi_world *w,
    const struct nhi_order *o, struct nhi_plan *plan, struct nhi_why *why)
{
	struct nhi_plan_account *a = &plan->accounts[plan->naccounts++];
	const struct nhi_conf_identity *from = o->from;

	a->name = o->account;
	a->first = plan->nidentities;
	a->uid = (uint32_t)from->uid;
	make_home(from->home != NULL ? from->home : top->home, a);
	(void)snprintf(a->shell, sizeof(a->shell), "%s",
	    from->shell != NULL ? from->shell : top->shell);
	if (nhi_list_copy_sorted(&from->groups, &a->groups) != NHI_OK)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "policy");
	return make_gids(w, plan, a, why);
}

static bool
find_issuer(const struct nhi_plan *plan, const char *name, size_t *ret)
{
	for (size_t i = 0; i < plan->nissuers; i++)
		if (strcmp(plan->issuers[i].name, name) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

static enum nhi_err
copy_texts(const struct nhi_conf_identity *from, struct nhi_identity *to)
{
	const char *command = from->certificate.force_command;

	to->name = strdup(from->name);
	to->owner = strdup(from->owner);
	to->purpose = strdup(from->purpose);
	to->account = strdup(from->account);
	to->force_command = strdup(command == NULL ? "" : command);
	if (to->name == NULL || to->owner == NULL || to->purpose == NULL ||
	    to->account == NULL || to->force_command == NULL)
		return NHI_ERR_NO_MEMORY;
	return NHI_OK;
}

static enum nhi_err
make_identity(const struct nhi_conf_identity *from, struct nhi_identity *to)
{
	to->expires = from->expires;
	to->ttl = from->certificate.ttl;
	to->max_sessions = (uint32_t)from->max_sessions;
	to->pty = from->certificate.pty;
	to->forwarding = from->certificate.forwarding;
	to->cron = from->cron;
	to->direct = from->direct;
	to->remove_home = from->remove_home;
	if (copy_texts(from, to) != NHI_OK ||
	    make_matches(&from->match, to) != NHI_OK ||
	    nhi_list_copy_sorted(&from->certificate.source,
	    &to->source) != NHI_OK ||
	    nhi_list_copy_sorted(&from->window, &to->window) != NHI_OK ||
	    nhi_list_copy_sorted(&from->sudo, &to->sudo) != NHI_OK)
		return NHI_ERR_NO_MEMORY;
	return NHI_OK;
}

enum nhi_err
nhi_compile_identity(const struct nhi_conf_top *top,
    const struct nhi_world *w, const struct nhi_order *o,
    struct nhi_plan *plan, struct nhi_why *why)
{
	struct nhi_plan_account *last = plan->naccounts == 0 ? NULL :
	    &plan->accounts[plan->naccounts - 1];
	struct nhi_identity *to;
	enum nhi_err err;

	if (last == NULL || strcmp(last->name.key, o->account.key) != 0) {
		if ((err = make_account(top, w, o, plan, why)) != NHI_OK)
			return err;
		last = &plan->accounts[plan->naccounts - 1];
	}
	last->n++;
	to = &plan->identities[plan->nidentities++];
	if (!find_issuer(plan, o->from->issuer, &to->issuer))
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "identity \"%s\": no such issuer", o->from->name);
	if (make_identity(o->from, to) != NHI_OK)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "policy");
	/* One is enough for sshd to be told of the road. */
	plan->host.direct = plan->host.direct || to->direct;
	return NHI_OK;
}
