/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/path.h"
#include "lib/base/uidwriter.h"

#define ENTRY_TEXT	96
#define SEARCH_MAX	(1U << 19)	/* numbers looked at for a free one */
#define YOUNGEST	UINT64_MAX

void
nhi_uidwriter_close(struct nhi_uidwriter *w)
{
	nhi_taken_wipe(&w->taken);
	nhi_fd_close(&w->numbers);
	nhi_fd_close(&w->names);
	nhi_fd_close(&w->lock);
}

enum nhi_err
nhi_uidwriter_fail(const struct nhi_uidwriter *w, const char *what)
{
	return nhi_fail(w->why, NHI_ERR_STATE, "%s/%s: %s", w->uids, what,
	    strerror(errno));
}

static enum nhi_err
open_dir(const struct nhi_uidwriter *w, const char *sub, int *ret)
{
	char path[NHI_PATH_SIZE];

	if (!nhi_path_join(path, w->uids, "/", nhi_span_str(sub)))
		return nhi_uidwriter_fail(w, sub);
	return nhi_dir_open(AT_FDCWD, path, ret, w->why);
}

enum nhi_err
nhi_uidwriter_open(struct nhi_uidwriter *w)
{
	enum nhi_err err;

	if (w->name != NULL && (!nhi_name_valid(w->name) ||
	    nhi_name_reserved(w->name)))
		return nhi_fail(w->why, NHI_ERR_INTERNAL,
		    "not the name of an account");
	if ((err = open_dir(w, "name", &w->names)) != NHI_OK ||
	    (err = open_dir(w, "uid", &w->numbers)) != NHI_OK)
		return err;
	return nhi_state_lock(w->uids, NHI_LOCK_MS, &w->lock, w->why);
}

/* Stamps */

static bool
in_future(const struct nhi_stamp *s, const struct nhi_stamp *now)
{
	return strcmp(s->boot, now->boot) == 0 && s->ticks > now->ticks;
}

static enum nhi_err
put_range(const struct nhi_uidwriter *w)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char text[ENTRY_TEXT], stamp[NHI_STAMP_TEXT];
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, w->uids, &dir, w->why)) != NHI_OK)
		return err;
	nhi_stamp_format(&w->range.changed, stamp);
	(void)snprintf(text, sizeof(text), "%s:%" PRIu32 ":%" PRIu32, stamp,
	    w->range.lo, w->range.hi);
	if (nhi_link_replace(dir, "changed", text) != 0 || fsync(dir) != 0)
		return nhi_uidwriter_fail(w, "changed");
	return NHI_OK;
}

enum nhi_err
nhi_uidwriter_begin(struct nhi_uidwriter *w)
{
	enum nhi_err err;

	err = nhi_stamp_now(&w->range.changed, w->why);
	if (err != NHI_OK)
		return err;
	w->range.changed.ticks = YOUNGEST;
	return put_range(w);
}

enum nhi_err
nhi_uidwriter_end(struct nhi_uidwriter *w)
{
	enum nhi_err err;

	err = nhi_stamp_now(&w->range.changed, w->why);
	return err == NHI_OK ? put_range(w) : err;
}

enum nhi_err
nhi_uidwriter_range(struct nhi_uidwriter *w)
{
	struct nhi_stamp now;
	enum nhi_err err;
	int r = nhi_registry_range(w->uids, &w->range);

	if (r == 0)
		errno = ENOENT;
	if (r != 1)
		return nhi_uidwriter_fail(w, "changed");
	if ((err = nhi_stamp_now(&now, w->why)) != NHI_OK)
		return err;
	return in_future(&w->range.changed, &now) ? nhi_uidwriter_end(w) :
	    NHI_OK;
}

static enum nhi_err
put_entry(const struct nhi_uidwriter *w, const struct nhi_uid_entry *e)
{
	char text[ENTRY_TEXT], stamp[NHI_STAMP_TEXT];

	nhi_stamp_format(&e->stamp, stamp);
	(void)snprintf(text, sizeof(text), "%" PRIu32 ":%s:%s", e->uid,
	    e->first ? "first" : "set", stamp);
	if (nhi_link_replace(w->names, w->name, text) != 0 ||
	    fsync(w->names) != 0)
		return nhi_uidwriter_fail(w, "name");
	return NHI_OK;
}

/*
 * A first entry says what every lookup said before it: its age is nobody's
 * concern and one write is enough.
 */
enum nhi_err
nhi_uidwriter_entry(const struct nhi_uidwriter *w, uint32_t uid, bool first)
{
	struct nhi_uid_entry e = { .uid = uid, .first = first };
	enum nhi_err err;

	if ((err = nhi_stamp_now(&e.stamp, w->why)) != NHI_OK)
		return err;
	if (first)
		return put_entry(w, &e);
	e.stamp.ticks = YOUNGEST;
	if ((err = put_entry(w, &e)) != NHI_OK ||
	    (err = nhi_stamp_now(&e.stamp, w->why)) != NHI_OK)
		return err;
	return put_entry(w, &e);
}

enum nhi_err
nhi_uidwriter_settle(const struct nhi_uidwriter *w, struct nhi_uid_entry *e)
{
	struct nhi_stamp now;
	enum nhi_err err;

	err = nhi_uidwriter_owner(w->uids, w->name, e->uid, w->why);
	if (err != NHI_OK ||
	    (err = nhi_stamp_now(&now, w->why)) != NHI_OK ||
	    !in_future(&e->stamp, &now))
		return err;
	e->stamp = now;
	return put_entry(w, e);
}

/* Numbers */

enum nhi_err
nhi_uidwriter_owner(const char *uids, const char *name, uint32_t uid,
    struct nhi_why *why)
{
	char owner[NHI_NAME_MAX + 1];
	int r = nhi_registry_owner(uids, uid, owner);

	if (r < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s/uid/%" PRIu32 ": %s",
		    uids, uid, strerror(errno));
	if (r == 0 || strcmp(owner, name) != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s/uid/%" PRIu32 " is not %s's", uids, uid, name);
	return NHI_OK;
}

static enum nhi_err
load_taken(struct nhi_uidwriter *w)
{
	enum nhi_err err;

	if (w->taken.loaded)
		return NHI_OK;
	if ((err = nhi_taken_load(&w->taken, "/etc/passwd", NHI_UID_MIN,
	    w->why)) != NHI_OK)
		return err;
	return nhi_taken_load(&w->taken, "/etc/group", NHI_UID_MIN, w->why);
}

enum nhi_err
nhi_uidwriter_take(struct nhi_uidwriter *w, uint32_t uid, bool *ret)
{
	char owner[NHI_NAME_MAX + 1], number[NHI_PATH_SIZE];
	enum nhi_err err;
	int r;

	if ((err = load_taken(w)) != NHI_OK)
		return err;
	if ((r = nhi_registry_owner(w->uids, uid, owner)) < 0)
		return nhi_uidwriter_fail(w, "uid");
	if (nhi_taken_has(&w->taken, uid) ||
	    (r == 1 && strcmp(owner, w->name) != 0)) {
		*ret = false;
		return NHI_OK;
	}
	if (!nhi_path_number(number, "", "", uid) || (r == 0 &&
	    nhi_link_make(w->numbers, number, w->name) != 0) ||
	    fsync(w->numbers) != 0)
		return nhi_uidwriter_fail(w, "uid");
	*ret = true;
	return NHI_OK;
}

enum nhi_err
nhi_uidwriter_place(struct nhi_uidwriter *w, uint32_t *ret_hash,
    uint32_t *ret)
{
	const uint32_t lo = w->range.lo;
	const uint64_t size = (uint64_t)w->range.hi - lo + 1;
	uint32_t hash;
	enum nhi_err err;
	int r = nhi_registry_hash(w->uids, w->name, &w->range, &hash);

	if (r == 0)
		errno = ENOENT;
	if (r != 1)
		return nhi_uidwriter_fail(w, "salt");
	for (uint64_t i = 0; i < size && i < SEARCH_MAX; i++) {
		uint32_t uid = lo + (uint32_t)((hash - lo + i) % size);
		bool got = false;

		if ((err = nhi_uidwriter_take(w, uid, &got)) != NHI_OK)
			return err;
		if (got) {
			*ret_hash = hash;
			*ret = uid;
			return NHI_OK;
		}
	}
	return nhi_fail(w->why, NHI_ERR_UID_EXHAUSTED,
	    "no free UID from %" PRIu32 " to %" PRIu32, lo, w->range.hi);
}
