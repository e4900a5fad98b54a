/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/undo.h"

#define FDS	16		/* for the walk of an area */

static enum nhi_err
journal_path(const char *area, char out[static NHI_PATH_SIZE],
    struct nhi_why *why)
{
	if (!nhi_path_join(out, area, "/journal", NHI_SPAN("")))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: too long", area);
	return NHI_OK;
}

enum nhi_err
nhi_keep_path(const char *area, const char *which, const char *path,
    char *out, struct nhi_why *why)
{
	char dir[NHI_PATH_SIZE];

	if (!nhi_path_join(dir, area, "/", nhi_span_str(which)) ||
	    path[0] != '/' || !nhi_path_join(out, dir, path, NHI_SPAN("")))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: no path", path);
	return NHI_OK;
}

enum nhi_err
nhi_keep_open(const char *area, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_copy_parents(NHI_KEEP_DIR, why)) != NHI_OK ||
	    (err = nhi_dir_make(AT_FDCWD, NHI_STATE_DIR, 0755, 0, 0,
	    why)) != NHI_OK ||
	    (err = nhi_dir_make(AT_FDCWD, NHI_KEEP_DIR, 0700, 0, 0,
	    why)) != NHI_OK)
		return err;
	return nhi_dir_make(AT_FDCWD, area, 0700, 0, 0, why);
}

/* A line without an end was never followed by its change. */
static void
drop_torn(struct nhi_buf *b)
{
	while (b->n > 0 && b->p[b->n - 1] != '\n')
		b->p[--b->n] = '\0';
}

enum nhi_err
nhi_keep_read(const char *area, struct nhi_buf *b, struct nhi_why *why)
{
	char path[NHI_PATH_SIZE];
	bool there = false;
	enum nhi_err err;

	if ((err = journal_path(area, path, why)) != NHI_OK ||
	    (err = nhi_copy_read(path, b, &there, why)) != NHI_OK)
		return err;
	drop_torn(b);
	return NHI_OK;
}

bool
nhi_keep_has_line(struct nhi_span journal, const char *line)
{
	struct nhi_span one;

	while (nhi_span_cut(&journal, '\n', &one))
		if (nhi_span_is(one, line))
			return true;
	return false;
}

/* By rename as a whole: it is short, and never torn then. */
enum nhi_err
nhi_keep_note(const char *area, const char *line, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_JOURNAL);
	char path[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = journal_path(area, path, why)) != NHI_OK ||
	    (err = nhi_keep_read(area, &b, why)) != NHI_OK)
		return err;
	if (nhi_keep_has_line(nhi_buf_all(&b), line))
		return NHI_OK;
	nhi_buf_printf(&b, "%s\n", line);
	if ((err = nhi_buf_check(&b, why)) != NHI_OK)
		return err;
	return nhi_copy_text(path, 0600, nhi_buf_all(&b), why);
}

bool
nhi_keep_tells(struct nhi_span journal, const char *kind, const char *what)
{
	struct nhi_span line, word;

	while (nhi_span_cut(&journal, '\n', &line))
		if (nhi_span_cut(&line, ' ', &word) && line.p != NULL &&
		    nhi_span_is(word, kind) && nhi_span_is(line, what))
			return true;
	return false;
}

bool
nhi_keep_has(struct nhi_span journal, const char *path)
{
	return nhi_keep_had(journal, path) ||
	    nhi_keep_tells(journal, NHI_KEEP_NEW, path);
}

bool
nhi_keep_had(struct nhi_span journal, const char *path)
{
	return nhi_keep_tells(journal, NHI_KEEP_CHANGED, path);
}

static enum nhi_err
copy_in(const char *area, const char *which, const char *path,
    struct nhi_why *why)
{
	char to[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = nhi_keep_path(area, which, path, to, why)) != NHI_OK ||
	    (err = nhi_copy_parents(to, why)) != NHI_OK)
		return err;
	return nhi_copy_file(path, to, why);
}

enum nhi_err
nhi_keep_file(const char *area, const char *path, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_JOURNAL);
	char line[NHI_PATH_SIZE];
	struct stat st;
	enum nhi_err err;
	bool there;

	if ((err = nhi_keep_read(area, &b, why)) != NHI_OK)
		return err;
	if (nhi_keep_has(nhi_buf_all(&b), path))
		return NHI_OK;
	there = lstat(path, &st) == 0;
	if (!there && errno != ENOENT && errno != ENOTDIR)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	if (there && (err = copy_in(area, "was", path, why)) != NHI_OK)
		return err;
	(void)snprintf(line, sizeof(line), "%s %s",
	    there ? NHI_KEEP_CHANGED : NHI_KEEP_NEW, path);
	return nhi_keep_note(area, line, why);
}

/* Is the file now what this copy of it is? */
static enum nhi_err
is_as(const char *area, const char *which, const char *path, bool *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf now = NHI_BUF(NHI_KEEP_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_KEEP_FILE);
	char kept[NHI_PATH_SIZE];
	bool here = false, there = false;
	enum nhi_err err;

	if ((err = nhi_keep_path(area, which, path, kept, why)) != NHI_OK ||
	    (err = nhi_copy_read(path, &now, &here, why)) != NHI_OK ||
	    (err = nhi_copy_read(kept, &old, &there, why)) != NHI_OK)
		return err;
	*ret = here == there && nhi_span_equal(nhi_buf_all(&now),
	    nhi_buf_all(&old));
	return NHI_OK;
}

enum nhi_err
nhi_keep_look(const char *area, const char *path, bool *ret_ours,
    struct nhi_why *why)
{
	char made[NHI_PATH_SIZE];
	bool as_was = false, as_made = false;
	enum nhi_err err;

	if ((err = is_as(area, "was", path, &as_was, why)) != NHI_OK ||
	    (err = is_as(area, "made", path, &as_made, why)) != NHI_OK ||
	    (err = nhi_keep_path(area, "made", path, made, why)) != NHI_OK)
		return err;
	if (!as_was && !as_made &&
	    (err = nhi_copy_unlink(made, why)) != NHI_OK)
		return err;
	*ret_ours = as_was || as_made;
	return NHI_OK;
}

enum nhi_err
nhi_keep_made(const char *area, const char *path, struct nhi_span text,
    struct nhi_why *why)
{
	char to[NHI_PATH_SIZE];
	bool ours = true;
	enum nhi_err err;

	if (nhi_undo_is_shared(path) &&
	    (err = nhi_keep_look(area, path, &ours, why)) != NHI_OK)
		return err;
	if (!ours)
		return NHI_OK;
	if ((err = nhi_keep_path(area, "made", path, to, why)) != NHI_OK ||
	    (err = nhi_copy_parents(to, why)) != NHI_OK)
		return err;
	return nhi_copy_text(to, 0600, text, why);
}

enum nhi_err
nhi_keep_made_file(const char *area, const char *path, struct nhi_why *why)
{
	return access(path, F_OK) != 0 ? NHI_OK :
	    copy_in(area, "made", path, why);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* By another name first: half an area is no area. */
enum nhi_err
nhi_keep_remove(const char *area, struct nhi_why *why)
{
	char gone[NHI_PATH_SIZE];

	if (!nhi_path_join(gone, area, ".gone", NHI_SPAN("")))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: too long", area);
	(void)nftw(gone, remove_one, FDS, FTW_DEPTH | FTW_PHYS);
	if (rename(area, gone) != 0)
		return errno == ENOENT ? NHI_OK : nhi_fail(why,
		    NHI_ERR_STATE, "%s: %s", area, strerror(errno));
	if (nftw(gone, remove_one, FDS, FTW_DEPTH | FTW_PHYS) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", gone,
		    strerror(errno));
	return NHI_OK;
}
