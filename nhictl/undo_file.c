/* SPDX-License-Identifier: BSD-2-Clause */
/* Undoing: one file. */
#include "config.h"

#include <sys/stat.h>

#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/edit.h"
#include "nhictl/keep.h"
#include "nhictl/undo.h"
#include "nhictl/undo_decide.h"

/* Somebody's work on a file that has to go. */
static enum nhi_err
set_aside(const char *path, struct nhi_why *why)
{
	char to[NHI_PATH_SIZE];
	enum nhi_err err;

	if (!nhi_path_join(to, NHI_KEEP_EDITED, path, NHI_SPAN("")))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: too long", path);
	if ((err = nhi_copy_parents(to, why)) != NHI_OK)
		return err;
	return nhi_copy_file(path, to, why);
}

static enum nhi_err
restore(const struct nhi_undo *u, const char *path, struct nhi_why *why)
{
	char was[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = nhi_keep_path(u->area, "was", path, was, why)) != NHI_OK)
		return err;
	return nhi_copy_file(was, path, why);
}

static enum nhi_err
act(const struct nhi_undo *u, const char *path, const struct nhi_undo_versions *v,
    enum nhi_undo_action action, struct nhi_why *why)
{
	enum nhi_err err;

	switch (action) {
	case NHI_UNDO_NOTHING:
	case NHI_UNDO_LEAVE:
	case NHI_UNDO_APPLIED:
		break;
	case NHI_UNDO_RESTORE:
		return restore(u, path, why);
	case NHI_UNDO_REMOVE:
		return nhi_copy_unlink(path, why);
	case NHI_UNDO_STRIP:
		return nhi_copy_text(path, 0644, nhi_buf_all(&v->stripped),
		    why);
	case NHI_UNDO_ASIDE:
		if ((err = set_aside(path, why)) != NHI_OK)
			return err;
		return v->had ? restore(u, path, why) :
		    nhi_copy_unlink(path, why);
	}
	return NHI_OK;
}

static void
show_diff(const struct nhi_undo *u, const char *path,
    const struct nhi_undo_versions *v, enum nhi_undo_action action)
{
	const struct nhi_buf *to = action == NHI_UNDO_STRIP ? &v->stripped :
	    &v->was;

	/* A diff is a service; without it the plan is still told. */
	if (u->dry_run && action != NHI_UNDO_LEAVE &&
	    action != NHI_UNDO_APPLIED &&
	    u->out != NULL && !u->json)
		(void)!nhi_edit_diff(path, nhi_buf_all(to), u->out, NULL);
}

static void
say(struct nhi_undo *u, const char *path, enum nhi_undo_action action)
{
	static const char *const words[] = {
		[NHI_UNDO_RESTORE] = "restored",
		[NHI_UNDO_REMOVE] = "removed",
		[NHI_UNDO_STRIP] = "freed of NHI's lines",
		[NHI_UNDO_ASIDE] = "kept in " NHI_KEEP_EDITED " and removed",
		[NHI_UNDO_LEAVE] = "left with NHI's lines",
		[NHI_UNDO_APPLIED] = "left as nhictl apply wrote it",
	};

	nhi_undo_say(u, path, words[action], action == NHI_UNDO_STRIP ||
	    action == NHI_UNDO_ASIDE || action == NHI_UNDO_LEAVE);
}

static void
finish(struct nhi_undo *u, const char *path, const struct nhi_undo_versions *v,
    enum nhi_undo_action action)
{
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!u->dry_run)
		nhi_copy_sweep(path);
	if (action == NHI_UNDO_NOTHING)
		return;
	if (!u->dry_run &&
	    (err = act(u, path, v, action, &why)) != NHI_OK) {
		nhi_undo_fail(u, err, &why);
		return;
	}
	say(u, path, action);
	show_diff(u, path, v, action);
}

/* Once: the next time there is nothing of ours in it. */
static void
tell_lost(struct nhi_undo *u, const char *path)
{
	struct nhi_why why = { "" };

	nhi_undo_fail(u, nhi_fail(&why, NHI_ERR_STATE, "%s has lost NHI's "
	    "lines only: the copy of it as it was is gone", path), &why);
}

void
nhi_undo_file(struct nhi_undo *u, const char *path)
{
	NHI_AUTO(nhi_undo_versions_wipe) struct nhi_undo_versions v =
	    NHI_UNDO_VERSIONS;
	enum nhi_undo_action action = NHI_UNDO_NOTHING;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (nhi_undo_is_link(path)) {
		nhi_undo_link(u, path);
		return;
	}
	if ((err = nhi_undo_versions_load(u, path, &v, &why)) != NHI_OK ||
	    (err = nhi_undo_decide(path, &v, &action, &why)) != NHI_OK) {
		nhi_undo_fail(u, err, &why);
		return;
	}
	finish(u, path, &v, action);
	if (v.lost && action == NHI_UNDO_STRIP)
		tell_lost(u, path);
}

void
nhi_undo_strip(struct nhi_undo *u, const char *path)
{
	NHI_AUTO(nhi_undo_versions_wipe) struct nhi_undo_versions v =
	    NHI_UNDO_VERSIONS;
	enum nhi_undo_action action = NHI_UNDO_NOTHING;
	struct nhi_why why = { "" };
	struct stat st;
	enum nhi_err err;

	if (nhi_undo_is_link(path))
		nhi_undo_link(u, path);
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	if ((err = nhi_copy_read(path, &v.now, &v.there, &why)) != NHI_OK) {
		nhi_undo_fail(u, err, &why);
		return;
	}
	if (nhi_undo_is_shared(path)) {
		if ((err = nhi_undo_versions_strip(path, &v,
		    &why)) != NHI_OK) {
			nhi_undo_fail(u, err, &why);
			return;
		}
		if (!nhi_undo_versions_same(&v))
			action = NHI_UNDO_STRIP;
	} else if (nhi_undo_is_whole(path, &v.now)) {
		action = NHI_UNDO_REMOVE;
	} else if (nhi_undo_is_written(path, &v.now)) {
		action = NHI_UNDO_ASIDE;
	}
	finish(u, path, &v, action);
}
