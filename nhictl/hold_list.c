/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl hold list, and how far a hold reaches. */
#include "config.h"

#include <string.h>

#include "lib/base/paths.h"
#include "lib/base/session.h"
#include "nhictl/end.h"
#include "nhictl/hold.h"
#include "nhictl/nhictl.h"
#include "nhictl/published.h"
#include "nhictl/show.h"
#include "nhictl/when.h"

static const char *const scopes[] = { "all", "account", "identity", "issuer" };

struct listing {
	struct nhi_table *table;
	bool json;
	int64_t now;
};

static bool
is_active(const struct nhi_hold *hold, int64_t now)
{
	return hold->expires == 0 || hold->expires > now;
}

static bool
show(const struct nhi_hold *hold, void *arg)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);
	struct listing *l = arg;
	char until[32] = "no end";
	bool active = is_active(hold, l->now);

	if (l->json) {
		nhi_show_string(&b, "scope", scopes[hold->scope]);
		nhi_show_string(&b, "name", hold->name);
		nhi_show_bool(&b, "active", active);
		nhi_show_time(&b, "expires", hold->expires);
		nhi_show_string(&b, "by", hold->by);
		nhi_show_string(&b, "reason", hold->reason);
		nhi_show_string(&b, "id", hold->id);
		return nhi_show_line(&b);
	}
	if (!active)
		(void)snprintf(until, sizeof(until), "over");
	else if (hold->expires != 0)
		nhi_when_format(hold->expires, until);
	nhi_table_add(l->table, scopes[hold->scope]);
	nhi_table_add(l->table, hold->name[0] == '\0' ? "-" : hold->name);
	nhi_table_add(l->table, until);
	nhi_table_add(l->table, hold->by);
	nhi_table_add(l->table, hold->reason);
	return true;
}

int
nhi_verb_hold_list(int argc, char **argv)
{
	static const char *const heads[] = { "HELD", "NAME", "UNTIL (UTC)",
		"BY", "REASON", NULL };
	NHI_AUTO(nhi_table_wipe) struct nhi_table table = { .heads = heads };
	struct listing l = { .table = &table, .now = nhi_when_now() };
	struct nhi_why why = { "" };
	enum nhi_err err;
	bool good = true;

	if (!nhi_ctl_json(argc, argv, &l.json))
		return nhi_ctl_usage("hold list");
	err = nhi_hold_each(NHI_HOLDS_DIR, show, &l, &why);
	if (err != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (!l.json)
		good = nhi_table_print(&table, "nothing is held");
	return nhi_ctl_done(good && fflush(stdout) == 0);
}

static bool
reaches(const struct nhi_session *s, const void *arg)
{
	const struct nhi_hold *hold = arg;
	const char *name = hold->name;

	switch (hold->scope) {
	case NHI_HOLD_ALL:
		return true;
	case NHI_HOLD_ACCOUNT:
		return strcmp(s->account, name) == 0;
	case NHI_HOLD_IDENTITY:
		return strcmp(s->identity, name) == 0;
	case NHI_HOLD_ISSUER:
		return strcmp(s->issuer, name) == 0;
	}
	return false;
}

struct reach {
	const struct nhi_hold *hold;
	unsigned int sessions;
};

static bool
count(const struct nhi_session *s, void *arg)
{
	struct reach *r = arg;

	r->sessions += nhi_session_alive(s) != 0 && reaches(s, r->hold);
	return true;
}

enum nhi_err
nhi_hold_end(const struct nhi_hold *hold, struct nhi_why *why)
{
	struct nhi_end e = { .by = hold->by, .reason = hold->reason,
	    .wanted = reaches, .arg = hold };
	unsigned int ended = 0;
	enum nhi_err err;

	err = nhi_end_sessions(&e, &ended, why);
	if (ended > 0)
		(void)printf("%u sessions ended\n", ended);
	return err;
}

void
nhi_hold_hints(const struct nhi_hold *hold, bool keep)
{
	enum nhi_published_what what = NHI_PUBLISHED_ACCOUNT;
	struct reach r = { .hold = hold };
	bool known = true;

	if (hold->scope == NHI_HOLD_IDENTITY)
		what = NHI_PUBLISHED_IDENTITY;
	else if (hold->scope == NHI_HOLD_ISSUER)
		what = NHI_PUBLISHED_ISSUER;
	if (hold->scope != NHI_HOLD_ALL &&
	    nhi_published_knows(what, hold->name, &known) && !known)
		(void)fprintf(stderr,
		    "nhictl: note: the policy has no %s %s\n",
		    scopes[hold->scope], hold->name);
	if (keep && nhi_session_each(NHI_SESSIONS_DIR, count, &r, NULL) ==
	    NHI_OK && r.sessions > 0)
		(void)fprintf(stderr, "nhictl: note: %u live sessions go on "
		    "(nhictl sessions)\n", r.sessions);
}
