/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/hold.h"
#include "lib/base/name.h"
#include "lib/base/note.h"

/* By scope; the hold over everything is a link in the directory itself. */
static const char *const kinds[] = { ".", "account", "identity", "issuer" };

#define ALL	"all"

static bool
valid(enum nhi_hold_scope scope, const char *name)
{
	switch (scope) {
	case NHI_HOLD_ALL:
		return strcmp(name, ALL) == 0;
	case NHI_HOLD_ACCOUNT:
		return nhi_name_valid(name);
	case NHI_HOLD_IDENTITY:
	case NHI_HOLD_ISSUER:
		return nhi_name_label(name);
	}
	return false;
}

static enum nhi_err
bad_name(const char *name, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "hold: \"%s\" is not a name",
	    name);
}

static enum nhi_err
check(int dir, enum nhi_hold_scope scope, const char *name, int64_t now,
    struct nhi_why *why)
{
	struct nhi_note note;
	bool found = false;
	enum nhi_err err;

	if (name == NULL)
		return NHI_OK;
	if (!valid(scope, name))
		return bad_name(name, why);
	if ((err = nhi_note_find(dir, kinds[scope], name, &note, &found,
	    why)) != NHI_OK)
		return err;
	if (!found || (note.time != 0 && note.time <= now))
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_HOLD, "%s%s%s is held by %s: %s",
	    scope == NHI_HOLD_ALL ? "" : kinds[scope],
	    scope == NHI_HOLD_ALL ? "" : " ",
	    scope == NHI_HOLD_ALL ? "everything" : name, note.by, note.reason);
}

enum nhi_err
nhi_hold_check(const char *holds, const char *account, const char *identity,
    const char *issuer, int64_t now, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, holds, &dir, why)) != NHI_OK ||
	    (err = check(dir, NHI_HOLD_ALL, ALL, now, why)) != NHI_OK ||
	    (err = check(dir, NHI_HOLD_ACCOUNT, account, now, why)) != NHI_OK ||
	    (err = check(dir, NHI_HOLD_IDENTITY, identity, now, why)) !=
	    NHI_OK ||
	    (err = check(dir, NHI_HOLD_ISSUER, issuer, now, why)) != NHI_OK)
		return err;
	return NHI_OK;
}

enum nhi_err
nhi_hold_add(const char *holds, const struct nhi_hold *hold,
    struct nhi_why *why)
{
	const char *name = hold->scope == NHI_HOLD_ALL ? ALL : hold->name;
	struct nhi_note note = { .time = hold->expires };

	if (!valid(hold->scope, name))
		return bad_name(name, why);
	(void)snprintf(note.name, sizeof(note.name), "%s", name);
	(void)snprintf(note.id, sizeof(note.id), "%s", hold->id);
	(void)snprintf(note.by, sizeof(note.by), "%s", hold->by);
	(void)snprintf(note.reason, sizeof(note.reason), "%s", hold->reason);
	return nhi_note_put(holds, kinds[hold->scope], &note, why);
}

enum nhi_err
nhi_hold_lift(const char *holds, enum nhi_hold_scope scope, const char *name,
    struct nhi_why *why)
{
	if (scope == NHI_HOLD_ALL)
		name = ALL;
	if (!valid(scope, name))
		return bad_name(name, why);
	return nhi_note_remove(holds, kinds[scope], name, why);
}

struct each {
	enum nhi_hold_scope scope;
	bool (*fn)(const struct nhi_hold *, void *);
	void *arg;
	bool stopped;
};

static bool
show(const struct nhi_note *note, void *arg)
{
	struct each *e = arg;
	struct nhi_hold hold = { .scope = e->scope, .expires = note->time };

	if (!valid(e->scope, note->name))
		return true;
	if (e->scope != NHI_HOLD_ALL)
		(void)snprintf(hold.name, sizeof(hold.name), "%s", note->name);
	(void)snprintf(hold.id, sizeof(hold.id), "%s", note->id);
	(void)snprintf(hold.by, sizeof(hold.by), "%s", note->by);
	(void)snprintf(hold.reason, sizeof(hold.reason), "%s", note->reason);
	e->stopped = !e->fn(&hold, e->arg);
	return !e->stopped;
}

enum nhi_err
nhi_hold_each(const char *holds, bool (*fn)(const struct nhi_hold *, void *),
    void *arg, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	struct each e = { .fn = fn, .arg = arg };
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, holds, &dir, why)) != NHI_OK)
		return err;
	for (unsigned int i = NHI_HOLD_ALL; i <= NHI_HOLD_ISSUER; i++) {
		e.scope = (enum nhi_hold_scope)i;
		if (!e.stopped && (err = nhi_note_each(dir, kinds[i], show,
		    &e, why)) != NHI_OK)
			return err;
	}
	return NHI_OK;
}

enum nhi_err
nhi_hold_init(const char *holds, struct nhi_why *why)
{
	static const char *const below[] = { "account", "identity", "issuer",
		NULL };

	return nhi_note_init(holds, below, why);
}
