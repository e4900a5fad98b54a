/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/crowd.h"
#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/process.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"
#include "lib/base/spawn.h"

#define PATIENCE_MS	500		/* after SIGTERM */

/*
 * A process that forks and leaves, again and again, may pass by one look, and
 * by each signal to the one that was seen.  And on a busy host each look finds
 * that something has gone, whose ever.  So the kernel's count of the account's
 * threads is asked whether there is more than was seen; and after so many
 * looks, or when the zombies grow more, all that the account has is stopped,
 * which no fork escapes.
 */
#define LOOKS_CLEAN	3
#define LOOKS_DIRTY	4
#define CHASE_MS	2000

bool
nhi_reap_process(pid_t pid, uint64_t start, int sig)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	uint64_t ticks;

	if (pid <= 1 || !nhi_process_open(pid, &fd))
		return false;
	return nhi_stamp_process(pid, &ticks, NULL) == NHI_OK &&
	    ticks == start && nhi_process_send(pid, fd, sig);
}

static int
is_alive(int proc, const char *pid, uint32_t uid)
{
	char path[32], status[NHI_PROCESS_STATUS];

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	if (!nhi_process_read(proc, path, status, sizeof(status)))
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	return !nhi_process_is_over(status) && nhi_process_has_uid(status, uid);
}

int
nhi_reap_alive(uint32_t uid)
{
	const struct dirent *de;
	DIR *dp = opendir("/proc");
	int r = 0;

	if (dp == NULL)
		return -1;
	while (r == 0 && (de = readdir(dp)) != NULL)
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9')
			r = is_alive(dirfd(dp), de->d_name, uid);
	(void)closedir(dp);
	return r;
}

struct chase {
	uint32_t uid;
	uint32_t audit_session;
	int sig;			/* 0: only look */
	/* By one look: */
	uint32_t found;			/* of the session, alive */
	uint32_t others;		/* threads of the account that stay */
	uint32_t zombies;		/* of the account */
	uint32_t own;			/* of them, those that we must bury */
	uint64_t sum;			/* of the zombies' numbers */
	bool lost;			/* one that was there has gone */
};

static bool
is_session(const char *text, uint32_t audit_session)
{
	uint64_t v;

	return nhi_num_parse(nhi_span_str(text), UINT32_MAX, &v) &&
	    v == audit_session;
}

enum what { GONE, ANOTHER, LIVES };

/* Most processes of a host are another session's, which one file says. */
static enum what
look_first(int proc, const char *pid, const struct chase *c)
{
	char path[32], text[24];

	(void)snprintf(path, sizeof(path), "%.10s/sessionid", pid);
	if (!nhi_process_read(proc, path, text, sizeof(text)))
		return errno == ENOENT || errno == ESRCH ? GONE : ANOTHER;
	return is_session(text, c->audit_session) ? LIVES : ANOTHER;
}

/* One and the same process has the session and the uid. */
static enum what
look(int proc, const char *pid, const struct chase *c)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum what first = look_first(proc, pid, c);
	char text[NHI_PROCESS_STATUS];

	if (first != LIVES)
		return first;
	dir = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 ||
	    !nhi_process_read(dir, "sessionid", text, sizeof(text)))
		return GONE;
	if (!is_session(text, c->audit_session))
		return ANOTHER;
	if (!nhi_process_read(dir, "status", text, sizeof(text)))
		return GONE;
	return nhi_process_has_uid(text, c->uid) &&
	    !nhi_process_is_over(text) ? LIVES : ANOTHER;
}

/*
 * What the kernel counts as the account's and is not to be ended.  Who shows
 * another owner (a set-uid program) is left out: there is more than was seen,
 * then, and no more than that follows.
 */
static void
count(int proc, const char *pid, struct chase *c)
{
	char path[32], text[NHI_PROCESS_STATUS];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	if (fstatat(proc, pid, &st, 0) != 0 || st.st_uid != c->uid ||
	    !nhi_process_read(proc, path, text, sizeof(text)))
		return;
	if (!nhi_process_is_over(text)) {
		c->others += nhi_process_number(text, "\nThreads:\t");
		return;
	}
	c->zombies++;
	c->sum = c->sum * 31 + nhi_process_number(text, "\nPid:\t");
	if (nhi_process_number(text, "\nPPid:\t") == (uint32_t)getpid())
		c->own++;
}

static void
end(int proc, const char *name, pid_t pid, const struct chase *c)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;

	if (nhi_process_open(pid, &fd) && look(proc, name, c) == LIVES)
		(void)nhi_process_send(pid, fd, c->sig);
}

static void
visit(int proc, const char *name, struct chase *c)
{
	uint64_t pid;

	if (!nhi_num_parse(nhi_span_str(name), INT32_MAX, &pid) || pid <= 1 ||
	    (pid_t)pid == getpid())
		return;
	switch (look(proc, name, c)) {
	case ANOTHER:
		count(proc, name, c);
		return;
	case LIVES:
		c->found++;
		end(proc, name, (pid_t)pid, c);
		return;
	case GONE:
		c->lost = true;
		return;
	}
}

/*
 * One look through /proc; whether another must follow: one was ended, and may
 * have had a child by then; or it was there and has gone, perhaps leaving one.
 * A zombie, too, may have lived when the directory was read.
 */
static bool
sweep(struct chase *c)
{
	const struct chase before = *c;
	DIR *proc = opendir("/proc");
	const struct dirent *d;

	*c = (struct chase){ .uid = before.uid, .sig = before.sig,
	    .audit_session = before.audit_session };
	if (proc == NULL)
		return false;
	while ((d = readdir(proc)) != NULL)
		visit(dirfd(proc), d->d_name, c);
	(void)closedir(proc);
	return c->found > 0 || c->lost || c->sum != before.sum;
}

/*
 * The kernel counts no more than was seen.  It may by chance: what went since
 * then stands for what was not seen.  Who waits for us to bury it cannot go.
 */
static bool
is_all(const struct chase *c, bool stopped)
{
	if (c->found > 0)
		return false;
	return !nhi_crowd_more(c->uid, c->others + (c->others > 0 || stopped ?
	    c->zombies : c->own));
}

static bool
is_ours(uint32_t uid, uint32_t audit_session)
{
	return uid >= NHI_UID_MIN && audit_session != 0 &&
	    audit_session != UINT32_MAX;
}

static void
chase(struct chase *c)
{
	const int64_t deadline = nhi_clock_ms() + CHASE_MS;
	unsigned int clean = 0, dirty = 0, sure = 0, before;
	bool again, stopped = false;

	c->sig = SIGKILL;
	while (clean < LOOKS_CLEAN && nhi_clock_ms() < deadline) {
		before = c->zombies;
		again = sweep(c);
		sure = is_all(c, stopped) ? sure + 1 : 0;
		/* Chance does not come twice. */
		if (sure > (c->others > 0 && !stopped))
			break;
		if (!again) {
			clean++;
			continue;
		}
		clean = 0;
		if (++dirty % LOOKS_DIRTY == 0 ||
		    (before > 0 && c->zombies > before)) {
			nhi_crowd_stop(c->uid);
			stopped = true;
		}
	}
	/* Another session's go on. */
	if (stopped)
		nhi_crowd_resume(c->uid);
}

void
nhi_reap_kill(uint32_t uid, uint32_t audit_session)
{
	struct chase c = { .uid = uid, .audit_session = audit_session };

	if (is_ours(uid, audit_session))
		chase(&c);
}

unsigned int
nhi_reap_session(uint32_t uid, uint32_t audit_session)
{
	struct chase c = { .uid = uid, .audit_session = audit_session,
	    .sig = SIGTERM };
	const struct timespec step = { 0, 20000000 };
	int64_t deadline = nhi_clock_ms() + PATIENCE_MS;
	unsigned int found;

	if (!is_ours(uid, audit_session))
		return 0;
	(void)sweep(&c);
	found = c.found;
	for (c.sig = 0; c.found > 0 && nhi_clock_ms() < deadline;
	    (void)sweep(&c))
		(void)nanosleep(&step, NULL);
	chase(&c);
	return found;
}
