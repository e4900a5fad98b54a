/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of nhictl hold add and hold lift. */
#include "config.h"

#include <getopt.h>
#include <string.h>

#include "lib/base/name.h"
#include "nhictl/hold.h"
#include "nhictl/nhictl.h"
#include "nhictl/when.h"

static bool
is_name(enum nhi_hold_scope scope, const char *name)
{
	if (scope == NHI_HOLD_ALL)
		return true;
	return scope == NHI_HOLD_ACCOUNT ? nhi_name_valid(name) :
	    nhi_name_label(name);
}

static void
set_scope(struct nhi_hold_args *a, enum nhi_hold_scope scope, const char *name)
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
set_expires(struct nhi_hold_args *a, const char *text, bool duration)
{
	int64_t now = nhi_when_now();
	bool is_duration = text[0] != '\0' &&
	    strchr("smhd", text[strlen(text) - 1]) != NULL;

	if (a->hold.expires != 0) {
		(void)fputs("nhictl: --for and --until exclude each other\n",
		    stderr);
		a->bad = true;
		return;
	}
	if (is_duration != duration ||
	    !nhi_when_parse(text, now, true, &a->hold.expires) ||
	    a->hold.expires <= now) {
		(void)fprintf(stderr, "nhictl: not a %s: %s\n",
		    duration ? "duration (90s, 15m, 2h, 7d)" :
		    "time to come", text);
		a->bad = true;
	}
}

static void
set_reason(struct nhi_hold_args *a, const char *text)
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
set_option(struct nhi_hold_args *a, int option, const char *text)
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

bool
nhi_hold_parse(int argc, char **argv, const struct option *options,
    struct nhi_hold_args *a)
{
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1)
		set_option(a, c, optarg);
	return !a->bad && a->scopes == 1 && optind == argc;
}
