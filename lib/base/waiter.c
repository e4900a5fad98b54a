/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "lib/base/file.h"
#include "lib/base/process.h"
#include "lib/base/waiter.h"

#define DEPTH		32		/* of those that wait for each other */
#define NUMBERS		128

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

/*
 * From a process of the account up: whoever waits for it, and his group.  Its
 * own are no such, and there may be any number of them.
 */
static void
climb(struct waiting *w, int proc, const char *pid)
{
	char path[32], status[NHI_PROCESS_STATUS];
	uint32_t parent;
	bool own;

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	for (unsigned int i = 0; i < DEPTH &&
	    nhi_process_read(proc, path, status, sizeof(status)); i++) {
		own = nhi_process_has_uid(status, w->halt->uid);
		if (i == 0 && !own)
			return;
		if (!own && nhi_process_is_stopped(status)) {
			add(&w->pids, nhi_process_number(status,
			    "\nPid:\t"));
			add(&w->groups, nhi_process_number(status,
			    "\nNSpgid:\t"));
		}
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
	    nhi_process_is_stopped(status) &&
	    !nhi_process_has_uid(status, h->uid))
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
	NHI_AUTO(nhi_process_list_wipe) struct nhi_process_list all = { NULL, 0 };
	NHI_AUTO(nhi_fd_close) int proc = -1;
	char name[16];

	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0 || !nhi_process_all(proc, &all))
		return;
	for (size_t i = 0; i < all.n; i++) {
		(void)snprintf(name, sizeof(name), "%ld", (long)all.pid[i]);
		act(w, proc, name);
	}
}

void
nhi_waiter_note(struct nhi_halt *h)
{
	struct waiting w = { .halt = h };

	each(&w, note_one);
}

void
nhi_waiter_wake(struct nhi_halt *h)
{
	struct waiting w = { .halt = h };

	each(&w, climb);
	each(&w, wake);
}
