/* SPDX-License-Identifier: BSD-2-Clause */
/* Undoing: one file. */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/path.h"
#include "nhictl/apply_sudo.h"
#include "nhictl/copy.h"
#include "nhictl/dropin.h"
#include "nhictl/edit.h"
#include "nhictl/keep.h"
#include "nhictl/strip.h"
#include "nhictl/undo.h"

struct versions {
	struct nhi_buf now, was, made, stripped;
	bool there, had, know;		/* now, was, made are there */
	bool lost;			/* was must be there and is not */
	bool trial;			/* another setup may be before it */
};

#define VERSIONS	{ .now = NHI_BUF(NHI_KEEP_FILE),		\
	.was = NHI_BUF(NHI_KEEP_FILE), .made = NHI_BUF(NHI_KEEP_FILE),	\
	.stripped = NHI_BUF(NHI_KEEP_FILE) }

static void
versions_wipe(struct versions *v)
{
	nhi_buf_wipe(&v->now);
	nhi_buf_wipe(&v->was);
	nhi_buf_wipe(&v->made);
	nhi_buf_wipe(&v->stripped);
}

static bool
same(const struct nhi_buf *a, const struct nhi_buf *b)
{
	return nhi_span_equal(nhi_buf_all(a), nhi_buf_all(b));
}

static enum nhi_err
load_kept(const char *area, const char *which, const char *path,
    struct nhi_buf *b, bool *ret_there)
{
	char kept[NHI_PATH_SIZE];
	enum nhi_err err;

	*ret_there = false;
	if ((err = nhi_keep_path(area, which, path, kept, NULL)) != NHI_OK)
		return err;
	return nhi_copy_read(kept, b, ret_there, NULL);
}

/* Was it written by apply meanwhile?  Then it is ours as it stands. */
static bool
is_dropin(struct nhi_span text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_DROPIN_MAX);
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;

	if (!nhi_dropin_parse(text, &o) ||
	    nhi_dropin_probe(&o, NULL) != NHI_OK)
		return false;
	nhi_dropin_format(&o, &b);
	return nhi_span_equal(text, nhi_buf_all(&b));
}

static bool
is_path(const char *path, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/' &&
	    (name == NULL || strcmp(path + n + 1, name) == 0);
}

bool
nhi_undo_is_shared(const char *path)
{
	return strcmp(path, "/etc/nsswitch.conf") == 0 ||
	    is_path(path, NHI_PAM_CONF_DIR, NULL);
}

enum nhi_err
nhi_undo_strip_text(const char *path, const struct nhi_buf *text,
    struct nhi_buf *ret, struct nhi_why *why)
{
	if (is_path(path, NHI_PAM_CONF_DIR, NULL))
		return nhi_strip_pam(nhi_buf_all(text), ret, why);
	return nhi_strip_nss(nhi_buf_all(text), ret, why);
}

static enum nhi_err
strip(const char *path, struct versions *v, struct nhi_why *why)
{
	return nhi_undo_strip_text(path, &v->now, &v->stripped, why);
}

/* Had it lines of ours before?  Then an older setup still needs them. */
static bool
had_ours(const char *path, const struct versions *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_FILE);

	return v->had &&
	    nhi_undo_strip_text(path, &v->was, &b, NULL) == NHI_OK &&
	    !same(&b, &v->was);
}

/* Only our lines can go: what else the file was nobody knows any more. */
static enum nhi_err
decide_lost(const char *path, struct versions *v, enum nhi_undo_action *ret,
    struct nhi_why *why)
{
	enum nhi_err err;

	if (!nhi_undo_is_shared(path))
		return nhi_fail(why, NHI_ERR_STATE, "%s is left: the copy of "
		    "it as it was is gone", path);
	if ((err = strip(path, v, why)) != NHI_OK)
		return err;
	*ret = same(&v->stripped, &v->now) ? NHI_UNDO_NOTHING :
	    NHI_UNDO_STRIP;
	return NHI_OK;
}

static enum nhi_err
decide(const char *path, struct versions *v, enum nhi_undo_action *ret,
    struct nhi_why *why)
{
	enum nhi_undo_action back = v->had ? NHI_UNDO_RESTORE :
	    NHI_UNDO_REMOVE;
	enum nhi_err err;

	*ret = NHI_UNDO_NOTHING;
	if (!v->there || (v->had && same(&v->now, &v->was)))
		return NHI_OK;
	if (v->lost)
		return decide_lost(path, v, ret, why);
	*ret = back;
	if (v->know && same(&v->now, &v->made))
		return NHI_OK;
	if (is_path(path, NHI_SSHD_CONF_DIR, NHI_DROPIN_NAME) &&
	    is_dropin(nhi_buf_all(&v->now))) {
		/* Of an apply since, for a setup that was confirmed. */
		if (v->had && v->know && v->trial)
			*ret = NHI_UNDO_APPLIED;
		return NHI_OK;
	}
	*ret = NHI_UNDO_ASIDE;
	if (!nhi_undo_is_shared(path))
		return NHI_OK;
	if ((err = strip(path, v, why)) != NHI_OK)
		return err;
	*ret = v->had && same(&v->stripped, &v->was) ? back :
	    same(&v->stripped, &v->now) ? NHI_UNDO_NOTHING : NHI_UNDO_STRIP;
	if (*ret == NHI_UNDO_STRIP && v->trial && had_ours(path, v))
		*ret = NHI_UNDO_LEAVE;
	return NHI_OK;
}

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
act(const struct nhi_undo *u, const char *path, const struct versions *v,
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
    const struct versions *v, enum nhi_undo_action action)
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
finish(struct nhi_undo *u, const char *path, const struct versions *v,
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
	NHI_AUTO(versions_wipe) struct versions v = VERSIONS;
	enum nhi_undo_action action = NHI_UNDO_NOTHING;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (nhi_undo_is_link(path)) {
		nhi_undo_link(u, path);
		return;
	}
	if ((err = nhi_copy_read(path, &v.now, &v.there, &why)) != NHI_OK ||
	    (err = load_kept(u->area, "was", path, &v.was, &v.had)) !=
	    NHI_OK ||
	    (err = load_kept(u->area, "made", path, &v.made, &v.know)) !=
	    NHI_OK) {
		nhi_undo_fail(u, err, &why);
		return;
	}
	v.trial = strcmp(u->area, NHI_KEEP_PENDING) == 0;
	v.lost = !v.had && nhi_keep_had(u->journal, path);
	if ((err = decide(path, &v, &action, &why)) != NHI_OK) {
		nhi_undo_fail(u, err, &why);
		return;
	}
	finish(u, path, &v, action);
	if (v.lost && action == NHI_UNDO_STRIP)
		tell_lost(u, path);
}

static bool
is_sudo(const char *path, const struct nhi_buf *now)
{
	static const char head[] = "# Written by nhictl apply;";

	return strcmp(path, NHI_SUDO_FILE) == 0 &&
	    strncmp(nhi_buf_text(now), head, sizeof(head) - 1) == 0;
}

bool
nhi_undo_is_read(const char *path)
{
	return strcmp(path, NHI_SUDO_FILE) == 0 ||
	    is_path(path, NHI_SSHD_CONF_DIR, NHI_DROPIN_NAME);
}

bool
nhi_undo_is_written(const char *path, const struct nhi_buf *now)
{
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;

	return is_sudo(path, now) || is_dropin(nhi_buf_all(now)) ||
	    nhi_dropin_parse(nhi_buf_all(now), &o);
}

void
nhi_undo_strip(struct nhi_undo *u, const char *path)
{
	NHI_AUTO(versions_wipe) struct versions v = VERSIONS;
	enum nhi_undo_action action = NHI_UNDO_NOTHING;
	struct nhi_dropin_options o;
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
		if ((err = strip(path, &v, &why)) != NHI_OK) {
			nhi_undo_fail(u, err, &why);
			return;
		}
		if (!same(&v.stripped, &v.now))
			action = NHI_UNDO_STRIP;
	} else if (is_sudo(path, &v.now) ||
	    is_dropin(nhi_buf_all(&v.now))) {
		action = NHI_UNDO_REMOVE;
	} else if (nhi_dropin_parse(nhi_buf_all(&v.now), &o)) {
		action = NHI_UNDO_ASIDE;
	}
	finish(u, path, &v, action);
}
