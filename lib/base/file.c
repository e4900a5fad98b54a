/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"

#define READ_STEP	4096
#define TEMP_TRIES	16

void
nhi_fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

/*
 * Callers without a why are in somebody else's process (nss_nhi): no locale
 * and no catalogue of messages there.
 */
static const char *
cause(const struct nhi_why *why)
{
	return why == NULL ? "" : strerror(errno);
}

static enum nhi_err
check(const struct stat *st, const char *path, enum nhi_file_owner owner,
    struct nhi_why *why)
{
	if (!S_ISREG(st->st_mode) &&
	    (owner != NHI_FILE_NAMED || !S_ISFIFO(st->st_mode)))
		return nhi_fail(why, NHI_ERR_STATE, "%s: not a regular file",
		    path);
	if (owner == NHI_FILE_ANY || owner == NHI_FILE_NAMED)
		return NHI_OK;
	if (st->st_uid != 0 &&
	    (owner == NHI_FILE_ROOT || st->st_uid != geteuid()))
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: owned by uid %lu, must be root's", path,
		    (unsigned long)st->st_uid);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: mode %04o, may be written by others", path,
		    (unsigned int)(st->st_mode & 07777));
	return NHI_OK;
}

enum nhi_err
nhi_file_open(int dir, const char *path, enum nhi_file_owner owner,
    int *ret_fd, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;
	enum nhi_err err;

	fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    (owner == NHI_FILE_NAMED ? 0 : O_NOFOLLOW | O_NONBLOCK));
	if (fd < 0 && errno == ELOOP)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: a symbolic link, which is not followed", path);
	if (fd < 0 || fstat(fd, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    cause(why));
	if ((err = check(&st, path, owner, why)) != NHI_OK) {
		errno = EPERM;
		return err;
	}
	*ret_fd = fd;
	fd = -1;
	return NHI_OK;
}

enum nhi_err
nhi_file_slurp(int fd, struct nhi_buf *b, struct nhi_why *why)
{
	ssize_t n;

	for (;;) {
		char step[READ_STEP];

		n = read(fd, step, sizeof(step));
		if (n > 0)
			nhi_buf_put(b, step, (size_t)n);
		explicit_bzero(step, sizeof(step));
		if (n == 0 || b->err != NHI_OK)
			return nhi_buf_check(b, why);
		if (n < 0 && errno != EINTR)
			return nhi_fail(why, NHI_ERR_STATE, "read: %s",
			    strerror(errno));
	}
}

enum nhi_err
nhi_file_read(int dir, const char *path, enum nhi_file_owner owner,
    struct nhi_buf *b, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = nhi_file_open(dir, path, owner, &fd, why)) != NHI_OK)
		return err;
	return nhi_file_slurp(fd, b, why);
}

enum nhi_err
nhi_file_put(int fd, struct nhi_span s, struct nhi_why *why)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return nhi_fail(why, NHI_ERR_STATE, "write: %s",
			    n == 0 ? "nothing written" : strerror(errno));
		s.p += n;
		s.n -= (size_t)n;
	}
	return NHI_OK;
}

/* Directory part of path, for the sync after a rename. */
static int
open_parent(int dir, const char *path)
{
	char parent[512];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	if (slash == NULL)
		return openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (n >= sizeof(parent)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(parent, path, n);
	parent[n] = '\0';
	return openat(dir, n == 0 ? "/" : parent,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/*
 * A name beside path that nobody else uses; the directories are writable by
 * trusted users only, so it need be unique and not secret.
 */
static int
temp_name(const char *path, unsigned int try, char *out, size_t size)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return snprintf(out, size, "%s.tmp-%ld-%ld-%u", path, (long)getpid(),
	    now.tv_nsec, try) < (int)size ? 0 : -1;
}

static int
open_temp(int dir, const char *path, char *temp, size_t size)
{
	int fd = -1;

	for (unsigned int i = 0; i < TEMP_TRIES; i++) {
		if (temp_name(path, i, temp, size) != 0) {
			errno = ENAMETOOLONG;
			return -1;
		}
		fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	return fd;
}

enum nhi_err
nhi_file_replace(int dir, const char *path, mode_t mode, struct nhi_span s,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	NHI_AUTO(nhi_fd_close) int parent = -1;
	char temp[512];
	enum nhi_err err;

	if ((fd = open_temp(dir, path, temp, sizeof(temp))) < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	if ((err = nhi_file_put(fd, s, why)) == NHI_OK &&
	    (fchmod(fd, mode) != 0 || fsync(fd) != 0 ||
	    renameat(dir, temp, dir, path) != 0))
		err = nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	if (err != NHI_OK) {
		(void)unlinkat(dir, temp, 0);
		return err;
	}
	if ((parent = open_parent(dir, path)) < 0 || fsync(parent) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: sync: %s", path,
		    strerror(errno));
	return NHI_OK;
}

enum nhi_err
nhi_dir_open(int dir, const char *path, int *ret_fd, struct nhi_why *why)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);

	if (fd < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	*ret_fd = fd;
	return NHI_OK;
}

enum nhi_err
nhi_dir_make(int dir, const char *path, mode_t mode, uid_t uid, gid_t gid,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;
	enum nhi_err err;

	if (mkdirat(dir, path, 0700) != 0 && errno != EEXIST)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	if ((err = nhi_dir_open(dir, path, &fd, why)) != NHI_OK)
		return err;
	if (fstat(fd, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	if (((st.st_uid != uid || st.st_gid != gid) &&
	    fchown(fd, uid, gid) != 0) ||
	    ((st.st_mode & 07777) != mode && fchmod(fd, mode) != 0))
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	return NHI_OK;
}

int
nhi_link_read(int dir, const char *path, char out[static NHI_LINK_MAX + 1])
{
	ssize_t n = readlinkat(dir, path, out, NHI_LINK_MAX + 1);

	if (n < 0)
		return errno == ENOENT ? 0 : -1;
	if (n > NHI_LINK_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	out[n] = '\0';
	return 1;
}

int
nhi_link_make(int dir, const char *path, const char *text)
{
	if (strlen(text) > NHI_LINK_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return symlinkat(text, dir, path);
}

int
nhi_link_replace(int dir, const char *path, const char *text)
{
	char temp[512];
	int saved;

	for (unsigned int i = 0; i < TEMP_TRIES; i++) {
		if (temp_name(path, i, temp, sizeof(temp)) != 0) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (nhi_link_make(dir, temp, text) == 0)
			break;
		if (errno != EEXIST || i == TEMP_TRIES - 1)
			return -1;
	}
	if (renameat(dir, temp, dir, path) == 0)
		return 0;
	saved = errno;
	(void)unlinkat(dir, temp, 0);
	errno = saved;
	return -1;
}
