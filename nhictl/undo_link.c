/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Undoing: a file of the host that is a symbolic link by now.  Another
 * program (authselect) made it, so it is never put back as it was; but a line
 * that names a module which goes would lock everybody out, so our lines go
 * where the link leads.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/undo.h"

bool
nhi_undo_is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Has a setup that was confirmed lines there? */
static bool
is_later(const struct nhi_undo *u, const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_JOURNAL);

	return strcmp(u->area, NHI_KEEP_PENDING) == 0 &&
	    nhi_keep_read(NHI_KEEP_BASE, &b, NULL) == NHI_OK &&
	    nhi_keep_has(nhi_buf_all(&b), path);
}

/* What it leads to, whoever has it; no file has no text. */
static enum nhi_err
read_target(const char *real, struct nhi_buf *b, struct nhi_why *why)
{
	struct stat st;

	if (stat(real, &st) != 0 || !S_ISREG(st.st_mode))
		return NHI_OK;
	return nhi_file_read(AT_FDCWD, real, NHI_FILE_ANY, b, why);
}

/* Who may put a link in the way must not have root write there. */
static bool
is_of_root(const char *real)
{
	char dir[NHI_PATH_SIZE];
	struct stat st;
	char *slash;

	if (stat(real, &st) != 0 || st.st_uid != 0 ||
	    !nhi_path_join(dir, real, "", NHI_SPAN("")))
		return false;
	while ((slash = strrchr(dir, '/')) != NULL) {
		slash[slash == dir] = '\0';
		if (stat(dir, &st) != 0 || st.st_uid != 0 ||
		    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
			return false;
		if (slash == dir)
			return true;
	}
	return false;
}

static enum nhi_err
strip(struct nhi_undo *u, const char *path, const char *real,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf now = NHI_BUF(NHI_KEEP_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf to = NHI_BUF(NHI_KEEP_FILE);
	enum nhi_err err;

	if ((err = read_target(real, &now, why)) != NHI_OK ||
	    (err = nhi_undo_strip_text(path, &now, &to, why)) != NHI_OK)
		return err;
	if (nhi_span_equal(nhi_buf_all(&now), nhi_buf_all(&to)))
		return NHI_OK;
	if (is_later(u, path)) {
		nhi_undo_say(u, path, "left with NHI's lines", true);
		return NHI_OK;
	}
	if (!is_of_root(real))
		return nhi_fail(why, NHI_ERR_STATE, "%s leads to %.60s, which "
		    "is not root's alone: take NHI's lines out by hand",
		    path, real);
	if (!u->dry_run && (err = nhi_copy_text(real, 0644, nhi_buf_all(&to),
	    why)) != NHI_OK)
		return err;
	nhi_undo_say(u, real, "freed of NHI's lines", true);
	return NHI_OK;
}

/* Did nobody of NHI write what it leads to?  People have such names, too. */
static bool
is_peoples(const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf now = NHI_BUF(NHI_KEEP_FILE);
	char real[NHI_PATH_SIZE];

	return nhi_undo_is_read(path) && (!nhi_copy_target(path, real) ||
	    read_target(real, &now, NULL) != NHI_OK ||
	    !nhi_undo_is_written(path, &now));
}

/* What is ours whole: the link goes, what it leads to is left. */
static enum nhi_err
drop(struct nhi_undo *u, const char *path, struct nhi_why *why)
{
	enum nhi_err err;

	if (is_peoples(path))
		return NHI_OK;
	if (!u->dry_run && (err = nhi_copy_unlink(path, why)) != NHI_OK)
		return err;
	nhi_undo_say(u, path, "removed", true);
	return NHI_OK;
}

void
nhi_undo_link(struct nhi_undo *u, const char *path)
{
	struct nhi_why why = { "" };
	char real[NHI_PATH_SIZE];
	enum nhi_err err = NHI_OK;

	if (!nhi_undo_is_shared(path) && !nhi_undo_is_common(path))
		err = drop(u, path, &why);
	else if (nhi_undo_is_shared(path) && nhi_copy_target(path, real))
		err = strip(u, path, real, &why);
	if (err != NHI_OK)
		nhi_undo_fail(u, err, &why);
}
