/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/process.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"
#include "lib/base/spawn.h"

#define PATIENCE_MS	500		/* after SIGTERM */

/*
 * A process that forks and leaves, again and again, may pass by one look, and
 * by each signal to the one that was seen.  After so many looks, or when the
 * zombies grow more, all that the account has is stopped, which no fork
 * escapes.
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
	unsigned int found;		/* by one look: who lives */
	unsigned int zombies;
	uint64_t sum;			/* of the zombies' numbers */
};

static bool
is_session(const char *text, uint32_t audit_session)
{
	uint64_t v;

	return nhi_num_parse(nhi_span_str(text), UINT32_MAX, &v) &&
	    v == audit_session;
}

enum what { GONE, ANOTHER, OVER, LIVES };

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

static enum what
look(int proc, const char *pid, const struct chase *c)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum what first = look_first(proc, pid, c);
	char text[NHI_PROCESS_STATUS];

	if (first != LIVES)
		return first;
	/* One and the same process has the session and the uid. */
	dir = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || !nhi_process_read(dir, "sessionid", text, sizeof(text)))
		return GONE;
	if (!is_session(text, c->audit_session))
		return ANOTHER;
	if (!nhi_process_read(dir, "status", text, sizeof(text)))
		return GONE;
	if (!nhi_process_has_uid(text, c->uid))
		return ANOTHER;
	return nhi_process_is_over(text) ? OVER : LIVES;
}

static void
end(int proc, const char *name, pid_t pid, const struct chase *c)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;

	if (nhi_process_open(pid, &fd) && look(proc, name, c) == LIVES)
		(void)nhi_process_send(pid, fd, c->sig);
}

/*
 * One process; whether somebody must look again: it was ended, and may have
 * had a child by then; or it was there and has gone, perhaps leaving one.  A
 * zombie may have lived, too, when the directory was read, but is not gone:
 * it is counted.
 */
static bool
visit(int proc, const char *name, struct chase *c)
{
	uint64_t pid;

	if (!nhi_num_parse(nhi_span_str(name), INT32_MAX, &pid) || pid <= 1 ||
	    (pid_t)pid == getpid())
		return false;
	switch (look(proc, name, c)) {
	case ANOTHER:
		return false;
	case OVER:
		c->sum = c->sum * 31 + pid;
		c->zombies++;
		return false;
	case LIVES:
		c->found++;
		end(proc, name, (pid_t)pid, c);
		return true;
	case GONE:
		return true;
	}
	return false;
}

/*
 * One look through /proc; false when nothing of the session can be there: the
 * zombies, if any, are those of the look before.
 */
static bool
sweep(struct chase *c)
{
	DIR *proc = opendir("/proc");
	const uint64_t before = c->sum;
	const struct dirent *d;
	bool again = false;

	c->found = c->zombies = 0;
	c->sum = 0;
	if (proc == NULL)
		return false;
	while ((d = readdir(proc)) != NULL)
		if (visit(dirfd(proc), d->d_name, c))
			again = true;
	(void)closedir(proc);
	return again || c->sum != before;
}

/*
 * A signal to all processes of the account at once, from one that has become
 * it: nobody else's can be reached.  They may kill that one first.
 */
static void
signal_all(uint32_t uid, int what)
{
	int status = 0;
	pid_t pid;

	for (unsigned int i = 0; i < LOOKS_DIRTY; i++) {
		if ((pid = fork()) == 0) {
			if (setresuid(uid, uid, uid) == 0)
				(void)kill(-1, what);
			_exit(0);
		}
		if (pid < 0)
			return;
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
		if (WIFEXITED(status))
			return;
	}
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
	unsigned int clean = 0, dirty = 0, before;
	bool stopped = false;

	c->sig = SIGKILL;
	while (clean < LOOKS_CLEAN && nhi_clock_ms() < deadline) {
		before = c->zombies;
		if (!sweep(c)) {
			clean++;
			continue;
		}
		clean = 0;
		if (++dirty % LOOKS_DIRTY == 0 ||
		    (before > 0 && c->zombies > before)) {
			signal_all(c->uid, SIGSTOP);
			stopped = true;
		}
	}
	/* Another session's go on. */
	if (stopped)
		signal_all(c->uid, SIGCONT);
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
