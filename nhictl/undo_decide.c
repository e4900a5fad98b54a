/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/undo.h"
#include "nhictl/undo_decide.h"

void
nhi_undo_versions_wipe(struct nhi_undo_versions *v)
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

enum nhi_err
nhi_undo_versions_load(const struct nhi_undo *u, const char *path,
    struct nhi_undo_versions *v, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_copy_read(path, &v->now, &v->there, why)) != NHI_OK ||
	    (err = load_kept(u->area, "was", path, &v->was, &v->had)) !=
	    NHI_OK ||
	    (err = load_kept(u->area, "made", path, &v->made, &v->know)) !=
	    NHI_OK)
		return err;
	v->trial = strcmp(u->area, NHI_KEEP_PENDING) == 0;
	v->lost = !v->had && nhi_keep_had(u->journal, path);
	return NHI_OK;
}

enum nhi_err
nhi_undo_versions_strip(const char *path, struct nhi_undo_versions *v,
    struct nhi_why *why)
{
	return nhi_undo_strip_text(path, &v->now, &v->stripped, why);
}

bool
nhi_undo_versions_same(const struct nhi_undo_versions *v)
{
	return same(&v->stripped, &v->now);
}

/* Had it lines of ours before?  Then an older setup still needs them. */
static bool
had_ours(const char *path, const struct nhi_undo_versions *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_FILE);

	return v->had &&
	    nhi_undo_strip_text(path, &v->was, &b, NULL) == NHI_OK &&
	    !same(&b, &v->was);
}

/* Only our lines can go: what else the file was nobody knows any more. */
static enum nhi_err
decide_lost(const char *path, struct nhi_undo_versions *v,
    enum nhi_undo_action *ret, struct nhi_why *why)
{
	enum nhi_err err;

	if (!nhi_undo_is_shared(path))
		return nhi_fail(why, NHI_ERR_STATE, "%s is left: the copy of "
		    "it as it was is gone", path);
	if ((err = nhi_undo_versions_strip(path, v, why)) != NHI_OK)
		return err;
	*ret = nhi_undo_versions_same(v) ? NHI_UNDO_NOTHING :
	    NHI_UNDO_STRIP;
	return NHI_OK;
}

enum nhi_err
nhi_undo_decide(const char *path, struct nhi_undo_versions *v,
    enum nhi_undo_action *ret, struct nhi_why *why)
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
	/* Written by apply meanwhile: ours as it stands. */
	if (nhi_undo_is_dropin(path) && nhi_undo_is_whole(path, &v->now)) {
		/* For a setup that was confirmed. */
		if (v->had && v->know && v->trial)
			*ret = NHI_UNDO_APPLIED;
		return NHI_OK;
	}
	*ret = NHI_UNDO_ASIDE;
	if (!nhi_undo_is_shared(path))
		return NHI_OK;
	if ((err = nhi_undo_versions_strip(path, v, why)) != NHI_OK)
		return err;
	*ret = v->had && same(&v->stripped, &v->was) ? back :
	    nhi_undo_versions_same(v) ? NHI_UNDO_NOTHING : NHI_UNDO_STRIP;
	if (*ret == NHI_UNDO_STRIP && v->trial && had_ours(path, v))
		*ret = NHI_UNDO_LEAVE;
	return NHI_OK;
}
