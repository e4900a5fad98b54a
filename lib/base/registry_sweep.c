/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tombstones.  A number is kept for its name until nobody has used it for the
 * retention; then link and entry go.
 *
 * An entry that is gone is looked up as the hash of its name.  Where it said
 * something else (a set one, or one of another range), a connection that
 * began before holds an answer that no stamp would tell any more: the range's
 * stamp is renewed then, as if the range had changed, and such connections
 * are refused once (uid-moved).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "lib/base/uidwriter.h"

#define OVER_MAX	256		/* taken back in one call */
#define FRESH		(24 * 3600)	/* seconds: not worth a write */
#define SLICES		60		/* of those that are not over */

struct over {
	char name[NHI_NAME_MAX + 1];
	uint32_t uid;
	bool entry;			/* the name's entry has this number */
	bool hash;			/* and a lookup would say the same */
	bool left;			/* home and entry are gone */
};

struct list {
	const struct nhi_registry_sweep *s;
	struct nhi_uidwriter *w;
	struct over over[OVER_MAX];
	size_t n;
};

void
nhi_registry_touch(const char *uids, uint32_t uid)
{
	char path[NHI_PATH_SIZE];
	struct stat st;

	/* A clock that is behind for a while makes nothing look old. */
	if (nhi_path_number(path, uids, "/uid/", uid) &&
	    lstat(path, &st) == 0 && st.st_mtime < time(NULL))
		(void)utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
}

/* What a lookup says of the name now, and what it would say without entry. */
static bool
compare(const struct nhi_uidwriter *w, struct over *o)
{
	struct nhi_uid_entry e;
	uint32_t hash;
	int r = nhi_registry_find(w->uids, o->name, &e);

	if (r < 0)
		return false;
	o->entry = r == 1 && e.uid == o->uid;
	o->hash = o->entry && e.first &&
	    nhi_registry_hash(w->uids, o->name, &w->range, &hash) == 1 &&
	    hash == o->uid;
	return true;
}

/* A minute has a slice: those of the minutes since the last sweep. */
static bool
is_slice(const struct nhi_registry_sweep *s, uint64_t uid)
{
	int64_t minutes = s->now / 60 - s->since / 60;
	int64_t ago = (s->now / 60 + SLICES - (int64_t)(uid % SLICES)) %
	    SLICES;

	return s->since <= 0 || minutes < 0 || ago < minutes;
}

/*
 * Only what may be over is looked at closely; of the rest one in sixty each
 * minute, to keep the times of what is in use.
 */
static bool
is_due(const struct nhi_registry_sweep *s, uint64_t uid, int64_t last)
{
	return last < s->before || last > s->now ||
	    (last < s->now - FRESH && is_slice(s, uid));
}

static void
set_back(const struct list *l, const char *number)
{
	(void)utimensat(l->w->numbers, number, NULL, AT_SYMLINK_NOFOLLOW);
}

static void
look(struct list *l, const char *number)
{
	const struct nhi_registry_sweep *s = l->s;
	struct over o = { .left = false };
	struct stat st;
	uint64_t uid;
	int used;

	if (!nhi_num_parse(nhi_span_str(number), NHI_UID_MAX, &uid) ||
	    fstatat(l->w->numbers, number, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !is_due(s, uid, st.st_mtime))
		return;
	o.uid = (uint32_t)uid;
	if (nhi_registry_owner(s->uids, o.uid, o.name) != 1 ||
	    (used = s->used(o.name, o.uid, s->arg)) < 0)
		return;
	/* A time to come is a clock that was wrong. */
	if (st.st_mtime > s->now)
		set_back(l, number);
	else if (used == 1)
		nhi_registry_touch(s->uids, o.uid);
	else if (st.st_mtime < s->before && l->n < OVER_MAX &&
	    compare(l->w, &o))
		l->over[l->n++] = o;
}

static enum nhi_err
collect(struct list *l)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(l->w->numbers, ".");
	const struct dirent *de;

	while (list != NULL && (de = nhi_list_next(list)) != NULL)
		look(l, de->d_name);
	return list != NULL && errno == 0 ? NHI_OK :
	    nhi_uidwriter_fail(l->w, "uid");
}

/* The entry before the number: another name may take that at once. */
static enum nhi_err
forget(const struct list *l, struct over *o)
{
	const struct nhi_uidwriter *w = l->w;
	enum nhi_err err;

	err = l->s->leave(o->name, o->uid, l->s->arg, w->why);
	if (err != NHI_OK)
		return err;
	if (o->entry && unlinkat(w->names, o->name, 0) != 0)
		return nhi_uidwriter_fail(w, "name");
	o->left = true;
	return NHI_OK;
}

static enum nhi_err
forget_numbers(const struct list *l, uint64_t *ret)
{
	const struct nhi_uidwriter *w = l->w;
	char number[NHI_PATH_SIZE];

	if (fsync(w->names) != 0)
		return nhi_uidwriter_fail(w, "name");
	for (size_t i = 0; i < l->n; i++) {
		if (!l->over[i].left)
			continue;
		if (!nhi_path_number(number, "", "", l->over[i].uid) ||
		    unlinkat(w->numbers, number, 0) != 0)
			return nhi_uidwriter_fail(w, "uid");
		(*ret)++;
	}
	return fsync(w->numbers) == 0 ? NHI_OK :
	    nhi_uidwriter_fail(w, "uid");
}

/* One that cannot go (its home is a mount point) holds up no other. */
static enum nhi_err
forget_all(struct list *l, uint64_t *ret)
{
	enum nhi_err err, first = NHI_OK;
	bool stamp = false;

	for (size_t i = 0; i < l->n; i++)
		stamp = stamp || (l->over[i].entry && !l->over[i].hash);
	if (stamp && (err = nhi_uidwriter_begin(l->w)) != NHI_OK)
		return err;
	for (size_t i = 0; i < l->n; i++)
		if ((err = forget(l, &l->over[i])) != NHI_OK &&
		    first == NHI_OK)
			first = err;
	if ((err = forget_numbers(l, ret)) != NHI_OK && first == NHI_OK)
		first = err;
	if (stamp && (err = nhi_uidwriter_end(l->w)) != NHI_OK)
		return err;
	return first;
}

enum nhi_err
nhi_registry_sweep(const struct nhi_registry_sweep *s, uint64_t *ret_gone,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_uidwriter_close) struct nhi_uidwriter w =
	    NHI_UIDWRITER(s->uids, NULL, why);
	struct list l = { .s = s, .w = &w };
	enum nhi_err err;

	if ((err = nhi_uidwriter_open(&w)) != NHI_OK ||
	    (err = nhi_uidwriter_range(&w)) != NHI_OK ||
	    (err = collect(&l)) != NHI_OK)
		return err;
	return l.n == 0 ? NHI_OK : forget_all(&l, ret_gone);
}
