/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/edit.h"
#include "nhictl/keep.h"
#include "nhictl/proc.h"

/*
 * Another program makes the file that a link leads to, and would make it
 * anew: it may say already what we mean, and is not ours to change.
 */
static enum nhi_err
load_link(const struct nhi_edit *e, struct nhi_buf *old, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_EDIT_MAX);
	char real[NHI_PATH_SIZE];
	enum nhi_err err;

	if (!nhi_copy_target(e->path, real))
		return nhi_fail(why, NHI_ERR_HOST, "%s is a symbolic link to "
		    "nowhere", e->path);
	if ((err = nhi_file_read(AT_FDCWD, real, NHI_FILE_ROOT, old,
	    why)) != NHI_OK ||
	    (err = e->make(nhi_buf_all(old), &new, why)) != NHI_OK ||
	    (err = nhi_buf_check(&new, why)) != NHI_OK)
		return err;
	if (nhi_span_equal(nhi_buf_all(old), nhi_buf_all(&new)))
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_HOST, "%s is a symbolic link to %.60s: "
	    "have the program that makes that (authselect?) put nhi in",
	    e->path, real);
}

/* The old text and the mode to keep; no file is an empty text. */
static enum nhi_err
load(const struct nhi_edit *e, struct nhi_buf *old, mode_t *ret_mode,
    struct nhi_why *why)
{
	struct stat st;

	if (lstat(e->path, &st) != 0) {
		if (errno != ENOENT || e->must_exist)
			return nhi_fail(why, NHI_ERR_STATE, "%s: %s", e->path,
			    strerror(errno));
		*ret_mode = e->mode;
		return NHI_OK;
	}
	*ret_mode = st.st_mode & 07777;
	if (S_ISLNK(st.st_mode))
		return load_link(e, old, why);
	if (st.st_nlink > 1)
		return nhi_fail(why, NHI_ERR_HOST, "%s has another hard link, "
		    "which a change by rename would cut off", e->path);
	return nhi_file_read(AT_FDCWD, e->path, NHI_FILE_ROOT, old, why);
}

/* The text that is meant, the mode to keep, and whether it is there. */
static enum nhi_err
make(const struct nhi_edit *e, struct nhi_buf *new, mode_t *ret_mode,
    bool *ret_done, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_EDIT_MAX);
	enum nhi_err err;

	if ((err = load(e, &old, ret_mode, why)) != NHI_OK ||
	    (err = e->make(nhi_buf_all(&old), new, why)) != NHI_OK ||
	    (err = nhi_buf_check(new, why)) != NHI_OK)
		return err;
	*ret_done = nhi_span_equal(nhi_buf_all(&old), nhi_buf_all(new));
	return NHI_OK;
}

enum nhi_err
nhi_edit_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_EDIT_MAX);
	mode_t mode;

	return make(arg, &new, &mode, ret_done, why);
}

enum nhi_err
nhi_edit_apply(const void *arg, struct nhi_why *why)
{
	const struct nhi_edit *e = arg;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_EDIT_MAX);
	enum nhi_err err;
	mode_t mode;
	bool done;

	if ((err = make(e, &new, &mode, &done, why)) != NHI_OK ||
	    (err = nhi_keep_file(NHI_KEEP_PENDING, e->path, why)) != NHI_OK ||
	    (err = nhi_keep_made(NHI_KEEP_PENDING, e->path, nhi_buf_all(&new),
	    why)) != NHI_OK)
		return err;
	return nhi_copy_text(e->path, mode, nhi_buf_all(&new), why);
}

enum nhi_err
nhi_edit_diff(const char *path, struct nhi_span text, FILE *out,
    struct nhi_why *why)
{
	char diff[NHI_PROC_PATH];
	const char *old = access(path, F_OK) == 0 ? path : "/dev/null";
	const char *const argv[] = { diff, "-u", "--label", path, "--label",
	    path, old, "-", NULL };
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(argv);
	enum nhi_err err;

	if (!nhi_proc_find("diff", diff)) {
		(void)fprintf(out, "(diff is not installed)\n");
		return NHI_OK;
	}
	p.input = text;
	if ((err = nhi_proc_run(&p, why)) != NHI_OK)
		return err;
	(void)fputs(nhi_buf_text(&p.out), out);
	return NHI_OK;
}

enum nhi_err
nhi_edit_describe(const void *arg, FILE *out, struct nhi_why *why)
{
	const struct nhi_edit *e = arg;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_EDIT_MAX);
	enum nhi_err err;
	mode_t mode;
	bool done;

	if ((err = make(e, &new, &mode, &done, why)) != NHI_OK)
		return err;
	return nhi_edit_diff(e->path, nhi_buf_all(&new), out, why);
}
