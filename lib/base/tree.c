/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree is flattened, not walked: the directories of a directory move up
 * into .gone, one after the other, so that neither depth nor descriptors have
 * a limit that an account could reach.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/mount.h"
#include "lib/base/spawn.h"
#include "lib/base/tree.h"

#define GONE		".gone"
#define NAME_SIZE	64
#define MOVE_TRIES	1000

struct tree {
	int gone;			/* the directory .gone */
	unsigned long next;		/* number for the next name in it */
	int64_t deadline;
	dev_t dev;
	bool moved;			/* something went or moved */
	uint64_t files;
	bool failed;
	struct nhi_why *why;
};

static enum nhi_err
fault(const char *what, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "%s: %s", what, strerror(errno));
}

/* Without the directory there is nothing below it: *ret_gone stays -1. */
static enum nhi_err
open_gone(const char *dir, int *ret_dir, int *ret_gone, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, dir, ret_dir, why)) != NHI_OK)
		return errno == ENOENT ? NHI_OK : err;
	if ((err = nhi_dir_make(*ret_dir, GONE, 0700, geteuid(), getegid(),
	    why)) != NHI_OK)
		return err;
	return nhi_dir_open(*ret_dir, GONE, ret_gone, why);
}

/* Move to a new name in .gone: a mount point stays where it is (EBUSY). */
static bool
move(struct tree *t, int dir, const char *name)
{
	char to[NAME_SIZE];

	for (unsigned int i = 0; i < MOVE_TRIES; i++) {
		(void)snprintf(to, sizeof(to), "%ld-%lu", (long)getpid(),
		    t->next++);
		if (renameat(dir, name, t->gone, to) == 0)
			return true;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			return false;
	}
	return false;
}

enum nhi_err
nhi_tree_take(const char *dir, const char *name, uid_t uid, bool *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	NHI_AUTO(nhi_fd_close) int gone = -1;
	struct tree t = { .next = 0 };
	struct stat st;
	enum nhi_err err;

	*ret = false;
	if ((err = open_gone(dir, &fd, &gone, why)) != NHI_OK || gone < 0)
		return err;
	if (nhi_mount_there(fd, name)) {
		errno = EBUSY;
		return fault(name, why);
	}
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? NHI_OK : fault(name, why);
	if (!S_ISDIR(st.st_mode) || st.st_uid != uid)
		return NHI_OK;
	t.gone = gone;
	if (!move(&t, fd, name))
		return fault(name, why);
	*ret = true;
	return NHI_OK;
}

/* What has gone meanwhile was taken by another tick. */
static void
note(struct tree *t, const char *name)
{
	if (errno == ENOENT)
		return;
	if (!t->failed)
		(void)nhi_fail(t->why, NHI_ERR_STATE, GONE "/.../%.60s: %s",
		    name, strerror(errno));
	t->failed = true;
}

/* The next entry while there is time; a list that ends too soon is told. */
static const struct dirent *
next(struct tree *t, DIR *list, const char *name)
{
	const struct dirent *de;

	if (nhi_clock_ms() >= t->deadline)
		return NULL;
	if ((de = nhi_list_next(list)) == NULL && errno != 0)
		note(t, name);
	return de;
}

/* What it is decides the call; if it changed, the call fails. */
static void
remove_one(struct tree *t, int dir, const char *name)
{
	struct stat st;

	if (nhi_mount_there(dir, name)) {
		errno = EBUSY;
		note(t, name);
		return;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT)
			note(t, name);
		return;
	}
	if (S_ISDIR(st.st_mode) ? !move(t, dir, name) :
	    unlinkat(dir, name, 0) != 0) {
		note(t, name);
		return;
	}
	t->moved = true;
	t->files += !S_ISDIR(st.st_mode);
}

/* One directory of .gone: its directories move up, the rest goes. */
static void
strip(struct tree *t, const char *name)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const struct dirent *de;
	struct stat st;

	if (nhi_mount_there(t->gone, name))
		errno = EBUSY;
	else
		fd = openat(t->gone, name, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 ||
	    (st.st_dev != t->dev && (errno = EXDEV) != 0) ||
	    (list = nhi_list_take(&fd)) == NULL) {
		note(t, name);
		return;
	}
	while ((de = next(t, list, name)) != NULL)
		remove_one(t, dirfd(list), de->d_name);
	if (unlinkat(t->gone, name, AT_REMOVEDIR) == 0) {
		t->moved = true;
		t->files++;
	} else if (errno != ENOTEMPTY)
		note(t, name);
}

/* One look through .gone; what cannot be removed holds up nothing else. */
static void
look(struct tree *t)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(t->gone, ".");
	const struct dirent *de;

	if (list == NULL) {
		note(t, ".");
		return;
	}
	while ((de = next(t, list, ".")) != NULL)
		strip(t, de->d_name);
}

enum nhi_err
nhi_tree_empty(const char *dir, int64_t deadline, uint64_t *ret_gone,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	NHI_AUTO(nhi_fd_close) int gone = -1;
	struct tree t = { .deadline = deadline, .why = why };
	struct stat st;
	enum nhi_err err;

	if ((err = open_gone(dir, &fd, &gone, why)) != NHI_OK)
		return err;
	if (gone < 0) {
		*ret_gone = 0;
		return NHI_OK;
	}
	t.gone = gone;
	if (fstat(gone, &st) != 0)
		return fault(GONE, why);
	t.dev = st.st_dev;
	do {
		t.moved = false;
		look(&t);
	} while (t.moved && nhi_clock_ms() < deadline);
	*ret_gone = t.files;
	return t.failed ? NHI_ERR_STATE : NHI_OK;
}
