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
#include "lib/base/name.h"
#include "lib/base/paths.h"
#include "nhictl/hold.h"
#include "nhictl/nhictl.h"
#include "nhictl/record.h"
#include "nhictl/when.h"

struct args {
	struct nhi_hold hold;
	unsigned int scopes;		/* how many were given */
	bool keep;			/* the sessions that live */
	bool bad;
};

static bool
is_name(enum nhi_hold_scope scope, const char *name)
{
	if (scope == NHI_HOLD_ALL)
		return true;
	return scope == NHI_HOLD_ACCOUNT ? nhi_name_valid(name) :
	    nhi_name_label(name);
}

static void
set_scope(struct args *a, enum nhi_hold_scope scope, const char *name)
{
	a->scopes++;
	a->hold.scope = scope;
	if (strlen(name) >= sizeof(a->hold.name) || !is_name(scope, name)) {
		(void)fprintf(stderr, "nhictl: not a name: %s\n", name);
		a->bad = true;
	} else
		(void)snprintf(a->hold.name, sizeof(a->hold.name), "%s", name);
}

static void
set_expires(struct args *a, const char *text, bool duration)
{
	int64_t now = nhi_when_now();
	bool is_duration = text[0] != '\0' &&
	    strchr("smhd", text[strlen(text) - 1]) != NULL;

	if (a->hold.expires != 0 || is_duration != duration ||
	    !nhi_when_parse(text, now, true, &a->hold.expires) ||
	    a->hold.expires <= now) {
		(void)fprintf(stderr, "nhictl: not a %s: %s\n",
		    duration ? "duration (90s, 15m, 2h, 7d)" :
		    "time to come", text);
		a->bad = true;
	}
}

static void
set_reason(struct args *a, const char *text)
{
	if (text[0] == '\0' || strlen(text) >= sizeof(a->hold.reason)) {
		(void)fprintf(stderr, "nhictl: a reason has 1 to %zu bytes\n",
		    sizeof(a->hold.reason) - 1);
		a->bad = true;
		return;
	}
	(void)snprintf(a->hold.reason, sizeof(a->hold.reason), "%s", text);
}

static void
set_option(struct args *a, int option, const char *text)
{
	switch (option) {
	case 'A':
		set_scope(a, NHI_HOLD_ALL, "");
		break;
	case 'a':
		set_scope(a, NHI_HOLD_ACCOUNT, text);
		break;
	case 'i':
		set_scope(a, NHI_HOLD_IDENTITY, text);
		break;
	case 'n':
		set_scope(a, NHI_HOLD_ISSUER, text);
		break;
	case 'f':
		set_expires(a, text, true);
		break;
	case 'u':
		set_expires(a, text, false);
		break;
	case 'r':
		set_reason(a, text);
		break;
	case 'k':
		a->keep = true;
		break;
	default:
		a->bad = true;
	}
}

static bool
parse(int argc, char **argv, const struct option *options, struct args *a)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(a, c, optarg);
	return !a->bad && a->scopes == 1 && optind == argc;
}

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
	char target[96], until[32] = "lifted";
	enum nhi_err err;

	if ((err = nhi_hold_each(NHI_HOLDS_DIR, look_longer, &l,
	    why)) != NHI_OK)
		return err;
	if (!l.is)
		return NHI_OK;
	nhi_hold_target(asked, target);
	if (l.found.expires != 0)
		nhi_when_format(l.found.expires, until);
	return nhi_fail(why, NHI_ERR_HOLD,
	    "%s is held until %s already, by %s; lift that first", target,
	    until, l.found.by);
}

/* It is in force: end what it reaches, then write what was done. */
static int
tell(const struct args *a, const char *target, const char *until)
{
	struct nhi_why why = { "" }, later = { "" };
	char detail[512];
	enum nhi_err err = NHI_OK, ended = NHI_OK;

	(void)printf("%s is held until %s\n", target, until);
	(void)fflush(stdout);
	nhi_hold_hints(&a->hold, a->keep);
	if (!a->keep)
		ended = nhi_hold_end(&a->hold, &later);
	(void)snprintf(detail, sizeof(detail), "%s is held until %s by %s: %s",
	    target, until, a->hold.by, a->hold.reason);
	if ((err = nhi_hold_record(NHI_EVENT_HOLD_ADD, &a->hold, detail,
	    nhi_record, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	return ended == NHI_OK ? NHI_CTL_OK : nhi_ctl_fail(ended, &later);
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
	struct args a = { .scopes = 0 };
	char target[96], until[32] = "lifted";
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!parse(argc, argv, options, &a) || a.hold.reason[0] == '\0')
		return nhi_ctl_usage("hold add");
	nhi_audit_id(nhi_when_now() * 1000, a.hold.id);
	nhi_record_who(a.hold.by);
	nhi_hold_target(&a.hold, target);
	if (a.hold.expires != 0)
		nhi_when_format(a.hold.expires, until);
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
	struct args *a = arg;

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
	struct args a = { .scopes = 0 };
	char target[96], who[NHI_WHO_SIZE], detail[640];
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!parse(argc, argv, options, &a))
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
	return NHI_CTL_OK;
}
