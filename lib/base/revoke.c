/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/name.h"
#include "lib/base/note.h"
#include "lib/base/num.h"
#include "lib/base/revoke.h"

static const char *const kinds[] = { "serial", "identity", "mark", "key",
	NULL };

static bool
is_hex(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

bool
nhi_revoke_valid(enum nhi_revoke_kind kind, const char *name)
{
	uint64_t serial;

	switch (kind) {
	case NHI_REVOKE_SERIAL:
		return nhi_num_parse(nhi_span_str(name), UINT64_MAX, &serial) &&
		    serial != 0;
	case NHI_REVOKE_IDENTITY:
		return nhi_name_label(name);
	case NHI_REVOKE_MARK:
		return is_hex(name, 16);
	case NHI_REVOKE_KEY:
		return is_hex(name, 64);
	}
	return false;
}

static enum nhi_err
bad_name(enum nhi_revoke_kind kind, const char *name, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "revoke: \"%s\" is not a %s",
	    name, kinds[kind]);
}

static enum nhi_err
check(int dir, enum nhi_revoke_kind kind, const char *name,
    const struct nhi_revoke_query *q, struct nhi_why *why)
{
	struct nhi_note note;
	bool found = false;
	enum nhi_err err;

	if (name == NULL)
		return NHI_OK;
	if (!nhi_revoke_valid(kind, name))
		return bad_name(kind, name, why);
	if ((err = nhi_note_find(dir, kinds[kind], name, &note, &found,
	    why)) != NHI_OK)
		return err;
	/* A note without time could not be read: it strikes. */
	if (!found || (kind == NHI_REVOKE_IDENTITY && note.time != 0 &&
	    q->valid_after > note.time - NHI_CERT_BACKDATE))
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_CERT_REVOKED, "%s %s is revoked by %s: %s",
	    kinds[kind], name, note.by, note.reason);
}

enum nhi_err
nhi_revoke_check(const char *revoked, const struct nhi_revoke_query *q,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char serial[21];
	enum nhi_err err;

	(void)snprintf(serial, sizeof(serial), "%" PRIu64, q->serial);
	if ((err = nhi_dir_open(AT_FDCWD, revoked, &dir, why)) != NHI_OK ||
	    (err = check(dir, NHI_REVOKE_SERIAL,
	    q->serial == 0 ? NULL : serial, q, why)) != NHI_OK ||
	    (err = check(dir, NHI_REVOKE_IDENTITY, q->identity, q, why)) !=
	    NHI_OK ||
	    (err = check(dir, NHI_REVOKE_MARK, q->mark, q, why)) != NHI_OK ||
	    (err = check(dir, NHI_REVOKE_KEY, q->key, q, why)) != NHI_OK)
		return err;
	return NHI_OK;
}

static enum nhi_err
keep_time(const char *revoked, const struct nhi_revocation *r, int64_t *time,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	struct nhi_note old;
	bool found = false;
	enum nhi_err err;

	if (r->kind != NHI_REVOKE_IDENTITY)
		return NHI_OK;
	if ((err = nhi_dir_open(AT_FDCWD, revoked, &dir, why)) != NHI_OK ||
	    (err = nhi_note_find(dir, kinds[r->kind], r->name, &old, &found,
	    why)) != NHI_OK)
		return err;
	if (found && *time < old.time)
		*time = old.time;
	return NHI_OK;
}

enum nhi_err
nhi_revoke_add(const char *revoked, const struct nhi_revocation *r,
    struct nhi_why *why)
{
	struct nhi_note note = { .time = r->time };
	enum nhi_err err;

	if (!nhi_revoke_valid(r->kind, r->name))
		return bad_name(r->kind, r->name, why);
	if ((err = keep_time(revoked, r, &note.time, why)) != NHI_OK)
		return err;
	(void)snprintf(note.name, sizeof(note.name), "%s", r->name);
	(void)snprintf(note.id, sizeof(note.id), "%s", r->id);
	(void)snprintf(note.by, sizeof(note.by), "%s", r->by);
	(void)snprintf(note.reason, sizeof(note.reason), "%s", r->reason);
	return nhi_note_put(revoked, kinds[r->kind], &note, why);
}

enum nhi_err
nhi_revoke_remove(const char *revoked, enum nhi_revoke_kind kind,
    const char *name, struct nhi_why *why)
{
	if (!nhi_revoke_valid(kind, name))
		return bad_name(kind, name, why);
	return nhi_note_remove(revoked, kinds[kind], name, why);
}

struct each {
	enum nhi_revoke_kind kind;
	bool (*fn)(const struct nhi_revocation *, void *);
	void *arg;
	bool stopped;
};

static bool
show(const struct nhi_note *note, void *arg)
{
	struct each *e = arg;
	struct nhi_revocation r = { .kind = e->kind, .time = note->time };

	if (!nhi_revoke_valid(e->kind, note->name))
		return true;
	(void)snprintf(r.name, sizeof(r.name), "%s", note->name);
	(void)snprintf(r.id, sizeof(r.id), "%s", note->id);
	(void)snprintf(r.by, sizeof(r.by), "%s", note->by);
	(void)snprintf(r.reason, sizeof(r.reason), "%s", note->reason);
	e->stopped = !e->fn(&r, e->arg);
	return !e->stopped;
}

enum nhi_err
nhi_revoke_each(const char *revoked,
    bool (*fn)(const struct nhi_revocation *, void *), void *arg,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	struct each e = { .fn = fn, .arg = arg };
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, revoked, &dir, why)) != NHI_OK)
		return err;
	for (unsigned int i = 0; kinds[i] != NULL; i++) {
		e.kind = (enum nhi_revoke_kind)i;
		if (!e.stopped && (err = nhi_note_each(dir, kinds[i], show,
		    &e, why)) != NHI_OK)
			return err;
	}
	return NHI_OK;
}

enum nhi_err
nhi_revoke_init(const char *revoked, struct nhi_why *why)
{
	return nhi_note_init(revoked, kinds, why);
}
