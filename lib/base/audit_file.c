/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock is a file of its own, mode 0600: whoever may read the trail could
 * otherwise lock it and stop every login.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/audit_file.h"
#include "lib/base/file.h"

#define LOCK_TRIES	2000
#define LOCK_STEP	(1000 * 1000)	/* nanoseconds */
#define OPEN_TRIES	3
#define FILE_FLAGS	(O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | \
			    O_NOCTTY | O_NONBLOCK)

static enum nhi_err
lost(const char *path, const char *text, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_AUDIT_UNAVAILABLE, "%s: %s", path, text);
}

/* Root's, and nobody else's to write. */
static bool
ours(int fd, mode_t type, struct stat *st)
{
	return fstat(fd, st) == 0 && (st->st_mode & S_IFMT) == type &&
	    st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static enum nhi_err
open_dir(const char *dir, int *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;

	if (nhi_dir_open(AT_FDCWD, dir, &fd, NULL) != NHI_OK &&
	    (errno != ENOENT ||
	    nhi_dir_make(AT_FDCWD, dir, 0750, geteuid(), getegid(), NULL) !=
	    NHI_OK || nhi_dir_open(AT_FDCWD, dir, &fd, NULL) != NHI_OK))
		return lost(dir, strerror(errno), why);
	if (!ours(fd, S_IFDIR, &st))
		return lost(dir, "others may write there", why);
	*ret = fd;
	fd = -1;
	return NHI_OK;
}

/*
 * The lock keeps the pieces of a full disk apart; a whole line needs none.
 * Whoever started a set-uid program can stop it, with the lock in its hand:
 * such a one takes none, and nobody waits for a lock that is not given back.
 */
static enum nhi_err
take_lock(int dir, int *ret, struct nhi_why *why)
{
	const struct timespec step = { 0, LOCK_STEP };
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;

	if (getuid() != geteuid())
		return NHI_OK;
	fd = openat(dir, ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY | O_NONBLOCK, 0600);
	if (fd < 0 || !ours(fd, S_IFREG, &st))
		return lost("audit lock", "cannot be opened", why);
	for (unsigned int i = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return lost("audit lock", strerror(errno), why);
		if (i >= LOCK_TRIES)
			return NHI_OK;
		(void)nanosleep(&step, NULL);
	}
	*ret = fd;
	fd = -1;
	return NHI_OK;
}

/* Open or make; -1 with errno. */
static int
open_file(int dir, const char *name)
{
	int fd = -1;

	for (unsigned int i = 0; fd < 0 && i < OPEN_TRIES; i++) {
		fd = openat(dir, name, FILE_FLAGS);
		if (fd >= 0 || errno != ENOENT)
			return fd;
		fd = openat(dir, name, FILE_FLAGS | O_CREAT | O_EXCL, 0600);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	/* New: its mode does not hang on the umask, its name is durable. */
	if (fd >= 0 && (fchmod(fd, 0640) != 0 || fsync(dir) != 0))
		nhi_fd_close(&fd);
	return fd;
}

/* Does the file end inside a line? */
static bool
torn(int fd, off_t size)
{
	char last = '\n';

	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

/*
 * In one write; a short one (a full disk) is taken back, by who has the lock:
 * between the look and the cut others' records may come, and whoever started a
 * set-uid program chooses how long that is, and what it may write.  What it
 * leaves is ended by the next one.
 */
static enum nhi_err
put_lines(int fd, const struct stat *before, struct nhi_span lines,
    struct nhi_why *why)
{
	struct stat now;
	ssize_t n;

	do
		n = write(fd, lines.p, lines.n);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n == lines.n)
		return NHI_OK;
	if (n > 0 && before != NULL && fstat(fd, &now) == 0 &&
	    now.st_size == before->st_size + n)
		(void)!ftruncate(fd, before->st_size);
	return lost("audit trail", n < 0 ? strerror(errno) : "disk full", why);
}

enum nhi_err
nhi_audit_append(const char *dir, const char *name, struct nhi_span lines,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf all = NHI_BUF(lines.n + 1);
	NHI_AUTO(nhi_fd_close) int dir_fd = -1;
	NHI_AUTO(nhi_fd_close) int lock = -1;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;
	enum nhi_err err;

	if ((err = open_dir(dir, &dir_fd, why)) != NHI_OK ||
	    (err = take_lock(dir_fd, &lock, why)) != NHI_OK)
		return err;
	if ((fd = open_file(dir_fd, name)) < 0)
		return lost(name, strerror(errno), why);
	if (!ours(fd, S_IFREG, &st))
		return lost(name, "not a file of root's alone", why);
	if (torn(fd, st.st_size))
		nhi_buf_char(&all, '\n');
	nhi_buf_span(&all, lines);
	if (nhi_buf_check(&all, why) != NHI_OK)
		return NHI_ERR_AUDIT_UNAVAILABLE;
	if ((err = put_lines(fd, lock < 0 ? NULL : &st, nhi_buf_all(&all),
	    why)) != NHI_OK)
		return err;
	/* Without the lock, so that many wait for one write to the disk. */
	nhi_fd_close(&lock);
	return fsync(fd) == 0 ? NHI_OK : lost(name, strerror(errno), why);
}
