/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
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
#include "lib/base/num.h"
#include "lib/base/process.h"
#include "lib/base/spawn.h"

#define RESUME_MS	1500
#define RESUME_STEPS	5		/* 10 ms, and twice as long each */
#define LOCK_NS		2000000
#define DEPTH		32		/* of those that wait for each other */
#define NUMBERS		128

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

static bool
is_noted(const struct nhi_halt *h, uint32_t pid)
{
	for (unsigned int i = 0; i < h->n; i++)
		if (h->noted[i] == pid)
			return true;
	return false;
}

/* A few numbers, each once. */
struct numbers {
	uint32_t v[NUMBERS];
	unsigned int n;
};

struct waiting {
	struct nhi_halt *halt;
	struct numbers pids;
	struct numbers groups;
};

static bool
has(const struct numbers *s, uint32_t v)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (s->v[i] == v)
			return true;
	return false;
}

/* 0: a group outside of our namespace. */
static void
add(struct numbers *s, uint32_t v)
{
	if (v != 0 && s->n < NUMBERS && !has(s, v))
		s->v[s->n++] = v;
}

/* From a process of the account up: whoever waits for it, and his group. */
static void
climb(struct waiting *w, int proc, const char *pid)
{
	char path[32], status[NHI_PROCESS_STATUS];
	uint32_t parent;

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	for (unsigned int i = 0; i < DEPTH &&
	    nhi_process_read(proc, path, status, sizeof(status)); i++) {
		if (i == 0 && !nhi_process_has_uid(status, w->halt->uid))
			return;
		add(&w->pids, nhi_process_number(status, "\nPid:\t"));
		add(&w->groups, nhi_process_number(status, "\nNSpgid:\t"));
		parent = nhi_process_number(status, "\nPPid:\t");
		if (parent <= 1)
			return;
		(void)snprintf(path, sizeof(path), "%" PRIu32 "/status",
		    parent);
	}
}

static void
note_one(struct waiting *w, int proc, const char *pid)
{
	struct nhi_halt *h = w->halt;
	char path[32], status[NHI_PROCESS_STATUS];

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	if (h->n < NHI_HALT_NOTED &&
	    nhi_process_read(proc, path, status, sizeof(status)) &&
	    nhi_process_is_stopped(status))
		h->noted[h->n++] = nhi_process_number(status, "\nPid:\t");
}

/* It waits, or is in such a group, is not the account's, and did not stand. */
static bool
waits(const struct waiting *w, int proc, const char *pid, uint32_t *ret)
{
	char path[32], status[NHI_PROCESS_STATUS];

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	if (!nhi_process_read(proc, path, status, sizeof(status)) ||
	    !nhi_process_is_stopped(status) ||
	    nhi_process_has_uid(status, w->halt->uid))
		return false;
	*ret = nhi_process_number(status, "\nPid:\t");
	return *ret > 1 && !is_noted(w->halt, *ret) &&
	    (has(&w->pids, *ret) ||
	    has(&w->groups, nhi_process_number(status, "\nNSpgid:\t")));
}

static void
wake(struct waiting *w, int proc, const char *pid)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	uint32_t n;

	if (waits(w, proc, pid, &n) && nhi_process_open((pid_t)n, &fd) &&
	    waits(w, proc, pid, &n))
		(void)nhi_process_send((pid_t)n, fd, SIGCONT);
}

static void
each(struct waiting *w, void (*act)(struct waiting *, int, const char *))
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;

	while (proc != NULL && (d = readdir(proc)) != NULL)
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9')
			act(w, dirfd(proc), d->d_name);
	if (proc != NULL)
		(void)closedir(proc);
}

/* Sudo stops all of its group, and what is in a pipe with it. */
static void
wake_all(struct nhi_halt *h)
{
	struct waiting w = { .halt = h };

	each(&w, climb);
	each(&w, wake);
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
		wake_all(h);
		(void)nanosleep(&step, NULL);
		step.tv_nsec *= 2;
		said = nhi_crowd_signal(h->uid, SIGCONT, deadline);
	}
	wake_all(h);
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
	struct waiting all = { .halt = h };
	bool left;
	int said = 0;

	(void)mkdir(dir, 0700);
	if (!open_dir(h, dir, uid) || !take(h, O_CREAT, deadline)) {
		let_go(h);
		return false;
	}
	/* Where one died that had stopped them, who was stopped by it? */
	if (!(left = is_written(h)))
		each(&all, note_one);
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
	const struct dirent *d;
	DIR *dp = opendir(dir);
	uint64_t uid;

	while (dp != NULL && (d = readdir(dp)) != NULL)
		if (nhi_num_parse(nhi_span_str(d->d_name), UINT32_MAX, &uid))
			nhi_halt_mend(dir, (uint32_t)uid);
	if (dp != NULL)
		(void)closedir(dp);
}
