/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "conf/lint.h"
#include "conf/value.h"

#define RANGE_LEAST	1024	/* numbers, so that hashes rarely collide */

static void
lint_id(const struct nhi_lint *l)
{
	if (l->top->host.at[NHI_AT(host, id)].line == 0 &&
	    !nhi_value_hostname(l->host_id))
		nhi_fault(l->faults, l->top->at[0], "host.id is not set, and "
		    "the name of this host is not fit to be it");
}

static void
lint_range(const struct nhi_lint *l)
{
	const struct nhi_conf_range *r = &l->uids;
	struct nhi_place at = NHI_LINT_AT(top, l->top, uid_range);

	if (r->lo == 0)
		return;
	if (r->hi - r->lo < RANGE_LEAST - 1)
		nhi_fault(l->faults, at, "uid_range has fewer than %d UIDs",
		    RANGE_LEAST);
	if (!nhi_world_covers(&l->world->uids, r->lo, r->hi) ||
	    !nhi_world_covers(&l->world->gids, r->lo, r->hi))
		nhi_fault(l->faults, at, "uid_range %" PRIu32 " to %" PRIu32
		    " is not all there in this user namespace (see "
		    "/proc/self/uid_map)", r->lo, r->hi);
	if (nhi_world_overlaps(&l->world->sub, r->lo, r->hi))
		nhi_fault(l->faults, at, "uid_range %" PRIu32 " to %" PRIu32
		    " has subordinate ids of /etc/subuid or /etc/subgid",
		    r->lo, r->hi);
}

static void
lint_issuing(const struct nhi_lint *l)
{
	const struct nhi_conf_issuing *i = &l->top->issuer;

	if (i->per_source > i->total)
		nhi_fault(l->faults, NHI_LINT_AT(issuing, i, per_source),
		    "issuer.per_source is above issuer.total");
	if (!i->enabled && l->top->issue_from.n > 0)
		nhi_fault_warn(l->faults, NHI_LINT_AT(top, l->top, issue_from),
		    "issue_from says nothing: this host does not issue");
	nhi_lint_sources(l, &l->top->issue_from,
	    NHI_LINT_AT(top, l->top, issue_from));
}

static void
lint_trust(const struct nhi_lint *l)
{
	const struct nhi_conf_trust *t = l->top->trust.p;

	for (size_t i = 0; i < l->top->trust.n; i++) {
		if (t[i].host == NULL || t[i].ca == NULL)
			continue;
		if (strcmp(t[i].host, l->host_id) == 0)
			nhi_fault(l->faults, t[i].at[0],
			    "trust: \"%s\" is this host, whose own key is "
			    "trusted anyhow", t[i].host);
		for (size_t k = 0; k < i; k++)
			if (t[k].ca != NULL && strcmp(t[k].ca, t[i].ca) == 0)
				nhi_fault(l->faults, t[i].at[0],
				    "trust: the key stands in line %u already",
				    t[k].at[0].line);
	}
}

static void
lint_home(const struct nhi_lint *l)
{
	const char *home = l->top->home;

	if (home != NULL && home[strlen(home) - 1] != '/')
		nhi_fault(l->faults, NHI_LINT_AT(top, l->top, home),
		    "home must end in '/': it is the directory of all homes");
}

/* They would fall under our Match block, and be locked out of sshd. */
static void
lint_people(const struct nhi_lint *l)
{
	const struct nhi_world_name *g = nhi_world_find(&l->world->groups,
	    NHI_ACCOUNTS_GROUP);
	const struct nhi_world_names *u = &l->world->users;

	if (l->world->elsewhere)
		return;
	if (g == NULL) {
		nhi_fault_warn(l->faults, l->top->at[0], "there is no group "
		    NHI_ACCOUNTS_GROUP " here: nhictl setup makes it");
		return;
	}
	if (g->members[0] != '\0')
		nhi_fault(l->faults, l->top->at[0], "/etc/group: people are in "
		    "group " NHI_ACCOUNTS_GROUP ": %s", g->members);
	for (size_t i = 0; i < u->n; i++)
		if (u->p[i].gid == g->id)
			nhi_fault(l->faults, l->top->at[0], "/etc/passwd: the "
			    "group of user %s is " NHI_ACCOUNTS_GROUP,
			    u->p[i].name);
}

void
nhi_lint_host(const struct nhi_lint *l)
{
	lint_id(l);
	lint_range(l);
	lint_issuing(l);
	lint_trust(l);
	lint_home(l);
	lint_people(l);
}
