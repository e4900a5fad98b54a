/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl hold add, lift: the emergency stop.  A hold is in force before its
 * record is written, and is lifted only after its record is: whatever fails
 * in between, what was to be stopped stays stopped.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/hold.h"
#include "lib/base/lease.h"
#include "lib/base/paths.h"
#include "nhictl/hold.h"
#include "nhictl/nhictl.h"
#include "nhictl/record.h"
#include "nhictl/when.h"

enum nhi_err
nhi_hold_record(enum nhi_audit_event event, const struct nhi_hold *hold,
    const char *detail, enum nhi_err (*record)(const struct nhi_event *,
    struct nhi_why *), struct nhi_why *why)
{
	return record(&(struct nhi_event){ .event = event,
	    .outcome = NHI_INFO, .detail = detail, .expires = hold->expires,
	    .account = hold->scope == NHI_HOLD_ACCOUNT ? hold->name : NULL,
	    .identity = hold->scope == NHI_HOLD_IDENTITY ? hold->name : NULL,
	    .issuer = hold->scope == NHI_HOLD_ISSUER ? hold->name : NULL },
	    why);
}

void
nhi_hold_target(const struct nhi_hold *hold, char out[static 96])
{
	static const char *const words[] = { "everything", "account ",
		"identity ", "issuer " };

	(void)snprintf(out, 96, "%s%s", words[hold->scope],
	    hold->scope == NHI_HOLD_ALL ? "" : hold->name);
}

#define UNTIL_SIZE	40

/* Behind "until". */
static void
put_until(int64_t expires, char out[static UNTIL_SIZE])
{
	char time[32];

	nhi_when_format(expires, time);
	(void)snprintf(out, UNTIL_SIZE, "%s%s",
	    expires == 0 ? "it is lifted" : time, expires == 0 ? "" : " UTC");
}

struct longer {
	const struct nhi_hold *asked;
	struct nhi_hold found;
	bool is;
};

static bool
look_longer(const struct nhi_hold *h, void *arg)
{
	struct longer *l = arg;

	if (h->scope == l->asked->scope &&
	    strcmp(h->name, l->asked->name) == 0 &&
	    l->asked->expires != 0 && (h->expires == 0 ||
	    h->expires > l->asked->expires)) {
		l->found = *h;
		l->is = true;
	}
	return !l->is;
}

/* A second hold must not end the first one sooner: that is lifting. */
static enum nhi_err
check_longer(const struct nhi_hold *asked, struct nhi_why *why)
{
	struct longer l = { .asked = asked };
	char target[96], until[UNTIL_SIZE];
	enum nhi_err err;

	if ((err = nhi_hold_each(NHI_HOLDS_DIR, look_longer, &l,
	    why)) != NHI_OK)
		return err;
	if (!l.is)
		return NHI_OK;
	nhi_hold_target(asked, target);
	put_until(l.found.expires, until);
	return nhi_fail(why, NHI_ERR_HOLD,
	    "%s is held already, by %s, until %s; lift that first", target,
	    l.found.by, until);
}

/* It is in force: end what it reaches, then write what was done. */
static int
tell(const struct nhi_hold_args *a, const char *target, const char *until)
{
	struct nhi_why why = { "" }, later = { "" };
	char detail[512];
	enum nhi_err err = NHI_OK, ended = NHI_OK;

	(void)printf("%s is held until %s\n", target, until);
	(void)fflush(stdout);
	nhi_hold_hints(&a->hold, a->keep);
	if (!a->keep)
		ended = nhi_hold_end(&a->hold, &later);
	(void)snprintf(detail, sizeof(detail), "%s is held until %s, by %s: %s",
	    target, until, a->hold.by, a->hold.reason);
	if ((err = nhi_hold_record(NHI_EVENT_HOLD_ADD, &a->hold, detail,
	    nhi_record, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	return ended == NHI_OK ? nhi_ctl_end(NHI_CTL_OK) :
	    nhi_ctl_fail(ended, &later);
}

int
nhi_verb_hold_add(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'A' },
		{ "account", required_argument, NULL, 'a' },
		{ "identity", required_argument, NULL, 'i' },
		{ "issuer", required_argument, NULL, 'n' },
		{ "for", required_argument, NULL, 'f' },
		{ "until", required_argument, NULL, 'u' },
		{ "reason", required_argument, NULL, 'r' },
		{ "keep-sessions", no_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_hold_args a = { .scopes = 0 };
	char target[96], until[UNTIL_SIZE];
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!nhi_hold_parse(argc, argv, options, &a) || a.hold.reason[0] == '\0')
		return nhi_ctl_usage("hold add");
	nhi_audit_id(nhi_when_now() * 1000, a.hold.id);
	nhi_record_who(a.hold.by);
	nhi_hold_target(&a.hold, target);
	put_until(a.hold.expires, until);
	if ((err = nhi_hold_init(NHI_HOLDS_DIR, &why)) != NHI_OK ||
	    (err = nhi_state_lock(NHI_HOLDS_DIR, NHI_LOCK_MS, &lock,
	    &why)) != NHI_OK ||
	    (err = check_longer(&a.hold, &why)) != NHI_OK ||
	    (err = nhi_hold_add(NHI_HOLDS_DIR, &a.hold, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	nhi_fd_close(&lock);
	return tell(&a, target, until);
}

/* The hold that is to be lifted, as it stands. */
static bool
fill(const struct nhi_hold *hold, void *arg)
{
	struct nhi_hold_args *a = arg;

	if (hold->scope != a->hold.scope ||
	    strcmp(hold->name, a->hold.name) != 0)
		return true;
	a->hold = *hold;
	a->bad = false;
	return false;
}

int
nhi_verb_hold_lift(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'A' },
		{ "account", required_argument, NULL, 'a' },
		{ "identity", required_argument, NULL, 'i' },
		{ "issuer", required_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_hold_args a = { .scopes = 0 };
	char target[96], who[NHI_WHO_SIZE], detail[640];
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!nhi_hold_parse(argc, argv, options, &a))
		return nhi_ctl_usage("hold lift");
	nhi_hold_target(&a.hold, target);
	a.bad = true;
	if ((err = nhi_state_lock(NHI_HOLDS_DIR, NHI_LOCK_MS, &lock,
	    &why)) != NHI_OK ||
	    (err = nhi_hold_each(NHI_HOLDS_DIR, fill, &a, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (a.bad) {
		(void)fprintf(stderr, "nhictl: no hold on %s\n", target);
		return NHI_CTL_NO;
	}
	nhi_record_who(who);
	(void)snprintf(detail, sizeof(detail),
	    "hold on %s lifted by %s (set by %s: %s)", target, who, a.hold.by,
	    a.hold.reason);
	if ((err = nhi_hold_record(NHI_EVENT_HOLD_LIFT, &a.hold, detail,
	    nhi_record, &why)) != NHI_OK ||
	    (err = nhi_hold_lift(NHI_HOLDS_DIR, a.hold.scope, a.hold.name,
	    &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	(void)printf("lifted: %s\n", target);
	return nhi_ctl_end(NHI_CTL_OK);
}
