/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl hold list, and how far a hold reaches. */
#include "config.h"

#include <inttypes.h>

#include "lib/base/paths.h"
#include "lib/base/session.h"
#include "nhictl/end.h"
#include "nhictl/hold.h"
#include "nhictl/jobs.h"
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

static struct nhi_session_filter
reach_of(const struct nhi_hold *hold)
{
	switch (hold->scope) {
	case NHI_HOLD_ALL:
		break;
	case NHI_HOLD_ACCOUNT:
		return (struct nhi_session_filter){ .account = hold->name };
	case NHI_HOLD_IDENTITY:
		return (struct nhi_session_filter){ .identity = hold->name };
	case NHI_HOLD_ISSUER:
		return (struct nhi_session_filter){ .issuer = hold->name };
	}
	return (struct nhi_session_filter){ .account = NULL };
}

static bool
is_reached(const struct nhi_session *s, const void *arg)
{
	return nhi_session_fits(s, arg);
}

static enum nhi_err
end_jobs(const struct nhi_hold *hold, struct nhi_why *why)
{
	unsigned int ended = 0;
	enum nhi_err err;

	err = nhi_jobs_end(hold, &ended, why);
	if (ended > 0)
		(void)printf("%u jobs ended\n", ended);
	return err;
}

enum nhi_err
nhi_hold_end(const struct nhi_hold *hold, struct nhi_why *why)
{
	struct nhi_session_filter reach = reach_of(hold);
	struct nhi_end e = { .by = hold->by, .reason = hold->reason,
	    .wanted = is_reached, .arg = &reach };
	unsigned int ended = 0;
	enum nhi_err err, jobs;

	reach.machine = true;
	err = nhi_end_sessions(&e, &ended, why);
	if (ended > 0)
		(void)printf("%u sessions ended\n", ended);
	jobs = end_jobs(hold, err == NHI_OK ? why : NULL);
	return err == NHI_OK ? jobs : err;
}

void
nhi_hold_hints(const struct nhi_hold *hold, bool keep)
{
	enum nhi_published_what what = NHI_PUBLISHED_ACCOUNT;
	struct nhi_session_filter reach = reach_of(hold);
	bool known = true;
	uint32_t n;

	if (hold->scope == NHI_HOLD_IDENTITY)
		what = NHI_PUBLISHED_IDENTITY;
	else if (hold->scope == NHI_HOLD_ISSUER)
		what = NHI_PUBLISHED_ISSUER;
	if (hold->scope != NHI_HOLD_ALL &&
	    nhi_published_knows(what, hold->name, &known) && !known)
		(void)fprintf(stderr,
		    "nhictl: note: the policy has no %s %s\n",
		    scopes[hold->scope], hold->name);
	reach.alive = true;
	if (keep && nhi_session_count(NHI_SESSIONS_DIR, &reach, &n, NULL) ==
	    NHI_OK && n > 0)
		(void)fprintf(stderr, "nhictl: note: %" PRIu32 " live sessions "
		    "go on (nhictl sessions)\n", n);
}
