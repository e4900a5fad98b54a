/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"

#define NAMES_MAX	4096		/* bytes of attributes' names */
#define VALUE_MAX	65536		/* the kernel's own limit */
#define FILE_MAX	(16U << 20)

static enum nhi_err
fail(const char *path, const char *what, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "%s: %s%s", path, what,
	    strerror(errno));
}

/* Labels and sums: a container or the policy may forbid to set them. */
static bool
is_of_kernel(const char *name)
{
	return strncmp(name, "security.", 9) == 0 ||
	    strncmp(name, "trusted.", 8) == 0;
}

static enum nhi_err
copy_attribute(int from, int to, const char *name, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf value = NHI_BUF(VALUE_MAX);
	char *room = nhi_buf_room(&value, VALUE_MAX);
	ssize_t n;

	if (room == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "attribute");
	if (((n = fgetxattr(from, name, room, VALUE_MAX)) < 0 ||
	    fsetxattr(to, name, room, (size_t)n, 0) != 0) &&
	    !is_of_kernel(name))
		return nhi_fail(why, NHI_ERR_STATE,
		    "attribute %.80s cannot be kept: %s", name,
		    strerror(errno));
	return NHI_OK;
}

/* Access lists and labels; after the mode, of which they are a part. */
static enum nhi_err
copy_attributes(int from, int to, struct nhi_why *why)
{
	char names[NAMES_MAX];
	ssize_t n = flistxattr(from, names, sizeof(names));
	enum nhi_err err;

	if (n < 0)
		return errno == ENOTSUP ? NHI_OK :
		    fail("attributes", "", why);
	for (ssize_t i = 0; i < n; i += (ssize_t)strlen(names + i) + 1)
		if ((err = copy_attribute(from, to, names + i, why)) != NHI_OK)
			return err;
	return NHI_OK;
}

static enum nhi_err
copy_all(int from, int to, bool times, struct nhi_why *why)
{
	struct timespec stamps[2];
	struct stat st;
	enum nhi_err err;

	if (fstat(from, &st) != 0 || fchown(to, st.st_uid, st.st_gid) != 0 ||
	    fchmod(to, st.st_mode & 07777) != 0)
		return fail("owner or mode", "", why);
	if ((err = copy_attributes(from, to, why)) != NHI_OK)
		return err;
	stamps[0] = st.st_atim;
	stamps[1] = st.st_mtim;
	if (times && futimens(to, stamps) != 0)
		return fail("times", "", why);
	return NHI_OK;
}

static enum nhi_err
sync_parent(const char *path, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char parent[NHI_PATH_SIZE];
	const char *slash = strrchr(path, '/');
	enum nhi_err err;

	if (slash == NULL || !nhi_path_join(parent, "", "",
	    (struct nhi_span){ path, slash == path ? 1 :
	    (size_t)(slash - path) }))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: no path", path);
	if ((err = nhi_dir_open(AT_FDCWD, parent, &fd, why)) != NHI_OK)
		return err;
	return fsync(fd) == 0 ? NHI_OK : fail(path, "sync: ", why);
}

static enum nhi_err
make_temp(const char *path, char temp[static NHI_PATH_SIZE], int *ret_fd,
    struct nhi_why *why)
{
	int fd;

	if (!nhi_path_join(temp, path, NHI_COPY_TEMP, NHI_SPAN("")))
		return fail(path, "", why);
	/* Only one of us writes at a time; an older one was killed. */
	(void)unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0)
		return fail(temp, "", why);
	*ret_fd = fd;
	return NHI_OK;
}

static enum nhi_err
publish(int fd, const char *temp, const char *path, struct nhi_why *why)
{
	if (fsync(fd) != 0 || rename(temp, path) != 0)
		return fail(path, "", why);
	return sync_parent(path, why);
}

static enum nhi_err
open_source(const char *path, int *ret_fd, struct nhi_why *why)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
	    O_NONBLOCK);

	if (fd < 0)
		return fail(path, "", why);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		nhi_fd_close(&fd);
		return nhi_fail(why, NHI_ERR_HOST, "%s: not a regular file",
		    path);
	}
	*ret_fd = fd;
	return NHI_OK;
}

static enum nhi_err
fill(int from, int to, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_MAX);
	enum nhi_err err;

	if ((err = nhi_file_slurp(from, &text, why)) != NHI_OK ||
	    (err = nhi_file_put(to, nhi_buf_all(&text), why)) != NHI_OK)
		return err;
	return copy_all(from, to, true, why);
}

enum nhi_err
nhi_copy_file(const char *path, const char *to, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int from = -1;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char temp[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = open_source(path, &from, why)) != NHI_OK ||
	    (err = make_temp(to, temp, &fd, why)) != NHI_OK)
		return err;
	if ((err = fill(from, fd, why)) != NHI_OK ||
	    (err = publish(fd, temp, to, why)) != NHI_OK)
		(void)unlink(temp);
	return err;
}

static enum nhi_err
dress(const char *path, int fd, mode_t mode, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int old = -1;
	enum nhi_err err;

	if (access(path, F_OK) != 0)
		return fchmod(fd, mode) == 0 ? NHI_OK : fail(path, "", why);
	if ((err = open_source(path, &old, why)) != NHI_OK)
		return err;
	return copy_all(old, fd, false, why);
}

enum nhi_err
nhi_copy_text(const char *path, mode_t mode, struct nhi_span text,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char temp[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = make_temp(path, temp, &fd, why)) != NHI_OK)
		return err;
	if ((err = dress(path, fd, mode, why)) != NHI_OK ||
	    (err = nhi_file_put(fd, text, why)) != NHI_OK ||
	    (err = publish(fd, temp, path, why)) != NHI_OK)
		(void)unlink(temp);
	return err;
}

enum nhi_err
nhi_copy_read(const char *path, struct nhi_buf *b, bool *ret_there,
    struct nhi_why *why)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		*ret_there = false;
		return errno == ENOENT || errno == ENOTDIR ? NHI_OK :
		    fail(path, "", why);
	}
	*ret_there = true;
	return nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, b, why);
}

bool
nhi_copy_target(const char *path, char *out)
{
	char real[PATH_MAX];
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	if (!S_ISLNK(st.st_mode))
		return nhi_path_join(out, path, "", NHI_SPAN(""));
	return realpath(path, real) != NULL &&
	    nhi_path_join(out, real, "", NHI_SPAN(""));
}

enum nhi_err
nhi_copy_unlink(const char *path, struct nhi_why *why)
{
	if (unlink(path) != 0)
		return errno == ENOENT || errno == ENOTDIR ? NHI_OK :
		    fail(path, "", why);
	return sync_parent(path, why);
}

enum nhi_err
nhi_copy_parents(const char *path, struct nhi_why *why)
{
	char part[NHI_PATH_SIZE];

	for (const char *p = strchr(path + 1, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		if (!nhi_path_join(part, "", "", (struct nhi_span){ path,
		    (size_t)(p - path) }))
			return fail(path, "", why);
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return fail(part, "", why);
	}
	return NHI_OK;
}

/* What nhi_file_replace calls it: .tmp-<pid>-<ns>-<try>. */
static bool
is_left(const char *rest)
{
	return strcmp(rest, NHI_COPY_TEMP) == 0 ||
	    (strncmp(rest, ".tmp-", 5) == 0 &&
	    rest[5 + strspn(rest + 5, "0123456789-")] == '\0');
}

void
nhi_copy_sweep(const char *path)
{
	char dir[NHI_PATH_SIZE];
	const char *base = strrchr(path, '/');
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	const struct dirent *de;
	size_t n;

	/* A link to the directory is followed, as for the file itself. */
	if (base == NULL || !nhi_path_join(dir, "", "",
	    (struct nhi_span){ path, (size_t)(base - path) }) ||
	    (list = opendir(dir)) == NULL)
		return;
	n = strlen(++base);
	while ((de = nhi_list_next(list)) != NULL)
		if (strncmp(de->d_name, base, n) == 0 &&
		    is_left(de->d_name + n))
			(void)unlinkat(dirfd(list), de->d_name, 0);
}
