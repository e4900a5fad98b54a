/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/crowd.h"
#include "lib/base/file.h"
#include "lib/base/halt.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/spawn.h"
#include "lib/base/waiter.h"

#define RESUME_MS	1500
#define RESUME_STEPS	5		/* 10 ms, and twice as long each */
#define LOCK_NS		2000000
#define LOCK_MS		50		/* then another one has stopped them */

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Still the file of that name, and not one that was removed meanwhile? */
static bool
is_named(const struct nhi_halt *h)
{
	struct stat a, b;

	return fstat(h->fd, &a) == 0 && S_ISREG(a.st_mode) &&
	    fstatat(h->dir, h->file, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static void
let_go(struct nhi_halt *h)
{
	nhi_fd_close(&h->fd);
	nhi_fd_close(&h->dir);
}

/* The lock goes with its process.  One look where the deadline is over. */
static bool
take(struct nhi_halt *h, int flags, int64_t deadline)
{
	const struct timespec step = { .tv_nsec = LOCK_NS };

	for (;;) {
		h->fd = openat(h->dir, h->file, flags | O_RDWR | O_CLOEXEC |
		    O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
		if (h->fd < 0)
			return false;
		if (flock(h->fd, LOCK_EX | LOCK_NB) == 0 && is_named(h))
			return true;
		nhi_fd_close(&h->fd);
		if (nhi_clock_ms() >= deadline)
			return false;
		(void)nanosleep(&step, NULL);
	}
}

static bool
open_dir(struct nhi_halt *h, const char *dir, uint32_t uid)
{
	(void)snprintf(h->file, sizeof(h->file), "%" PRIu32, uid);
	h->uid = uid;
	h->n = 0;
	h->fd = -1;
	h->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return h->dir >= 0;
}

/*
 * Said again and again, for Linux may stop the child of a fork that was under
 * way and forget that it was to go on; and those that wait for each other stop
 * one after the other.
 */
static bool
resume(struct nhi_halt *h)
{
	const int64_t deadline = nhi_clock_ms() + RESUME_MS;
	struct timespec step = { .tv_nsec = 10000000 };
	int said = nhi_crowd_signal(h->uid, SIGCONT, deadline);

	for (unsigned int i = 0; i < RESUME_STEPS; i++) {
		nhi_waiter_wake(h);
		(void)nanosleep(&step, NULL);
		step.tv_nsec *= 2;
		said = nhi_crowd_signal(h->uid, SIGCONT, deadline);
	}
	nhi_waiter_wake(h);
	return said == 1;
}

static bool
is_written(const struct nhi_halt *h)
{
	struct stat st;

	return fstat(h->fd, &st) == 0 && st.st_size > 0;
}

bool
nhi_halt_begin(struct nhi_halt *h, const char *dir, uint32_t uid,
    int64_t deadline)
{
	bool left;
	int said = 0;

	(void)mkdir(dir, 0700);
	if (!open_dir(h, dir, uid) ||
	    !take(h, O_CREAT, sooner(deadline, nhi_clock_ms() + LOCK_MS))) {
		let_go(h);
		return false;
	}
	/* Where one died that had stopped them, who was stopped by it? */
	if (!(left = is_written(h)))
		nhi_waiter_note(h);
	if (nhi_file_put(h->fd, NHI_SPAN("stopped\n"), NULL) == NHI_OK &&
	    (said = nhi_crowd_signal(uid, SIGSTOP, deadline)) == 1)
		return true;
	if (said != 0) {
		nhi_halt_end(h);
		return false;
	}
	if (!left)
		(void)unlinkat(h->dir, h->file, 0);
	let_go(h);
	return false;
}

void
nhi_halt_end(struct nhi_halt *h)
{
	if (h->fd < 0)
		return;
	/* Tick sees to those that we cannot reach. */
	if (resume(h))
		(void)unlinkat(h->dir, h->file, 0);
	let_go(h);
}

void
nhi_halt_mend(const char *dir, uint32_t uid)
{
	struct nhi_halt h;

	if (open_dir(&h, dir, uid) && take(&h, 0, 0))
		nhi_halt_end(&h);
	else
		let_go(&h);
}

void
nhi_halt_mend_all(const char *dir)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(AT_FDCWD, dir);
	const struct dirent *d;
	uint64_t uid;

	while (list != NULL && (d = nhi_list_next(list)) != NULL)
		if (nhi_num_parse(nhi_span_str(d->d_name), UINT32_MAX, &uid))
			nhi_halt_mend(dir, (uint32_t)uid);
}
