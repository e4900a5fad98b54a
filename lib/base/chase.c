/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/chase.h"
#include "lib/base/crowd.h"
#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/process.h"
#include "lib/base/spawn.h"

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
#define ENDED_MAX	128
#define REST_NS		2000000		/* for what is dying, and longer */
#define REST_MAX_NS	32000000
#define RESTS		8

struct chase {
	uint32_t uid;
	uint32_t audit_session;
	int sig;			/* 0: only look */
	uint32_t ended[ENDED_MAX];	/* who got the signal */
	uint32_t nended;
	/* By one look: */
	uint32_t found;			/* of the session, alive */
	uint32_t fresh;			/* of them, those seen first */
	uint32_t dying;			/* threads of the others of them */
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

/* A big one takes its time to die; more than that is nothing to chase. */
static bool
was_ended(const struct chase *c, uint32_t pid)
{
	for (uint32_t i = 0; i < c->nended; i++)
		if (c->ended[i] == pid)
			return true;
	return false;
}

static void
end(int proc, const char *name, pid_t pid, struct chase *c)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char path[32], text[NHI_PROCESS_STATUS];

	c->found++;
	if (was_ended(c, (uint32_t)pid)) {
		(void)snprintf(path, sizeof(path), "%.10s/status", name);
		if (nhi_process_read(proc, path, text, sizeof(text)))
			c->dying += nhi_process_number(text, "\nThreads:\t");
		return;
	}
	c->fresh++;
	if (nhi_process_open(pid, &fd) && look(proc, name, c) == LIVES &&
	    nhi_process_send(pid, fd, c->sig) && c->sig == SIGKILL &&
	    c->nended < ENDED_MAX)
		c->ended[c->nended++] = (uint32_t)pid;
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
	const uint64_t before = c->sum;
	DIR *proc = opendir("/proc");
	const struct dirent *d;

	c->found = c->fresh = c->dying = c->others = 0;
	c->zombies = c->own = 0;
	c->sum = 0;
	c->lost = false;
	if (proc == NULL)
		return false;
	while ((d = readdir(proc)) != NULL)
		visit(dirfd(proc), d->d_name, c);
	(void)closedir(proc);
	return c->found > 0 || c->lost || c->sum != before;
}

/*
 * The kernel counts no more than was seen.  It may by chance: what went since
 * then stands for what was not seen.  Who waits for us to bury it cannot go.
 */
static bool
is_all(const struct chase *c, bool stopped, int64_t deadline)
{
	const bool may_go = c->others > 0 || c->dying > 0;

	return c->fresh == 0 && !nhi_crowd_more(c->uid, c->others + c->dying +
	    (may_go || stopped ? c->zombies : c->own), deadline);
}

static void
rest(struct timespec *step)
{
	(void)nanosleep(step, NULL);
	if (step->tv_nsec < REST_MAX_NS)
		step->tv_nsec *= 2;
}

/* Another session's go on. */
static void
resume(const struct chase *c, bool *stopped)
{
	if (*stopped)
		nhi_crowd_resume(c->uid);
	*stopped = false;
}

/*
 * Chance does not come twice, and not where all stand still or nothing is
 * left that could go.
 */
static bool
is_sure(const struct chase *c, bool stopped, unsigned int times)
{
	return times > 1 ||
	    (times > 0 && (stopped || (c->others == 0 && c->dying == 0)));
}

void
nhi_chase(uint32_t uid, uint32_t audit_session)
{
	struct chase c = { .uid = uid, .audit_session = audit_session,
	    .sig = SIGKILL };
	const int64_t deadline = nhi_clock_ms() + CHASE_MS;
	unsigned int clean = 0, dirty = 0, rests = 0, sure = 0, before;
	struct timespec step = { .tv_nsec = REST_NS };
	bool again, stopped = false;

	while (clean < LOOKS_CLEAN && nhi_clock_ms() < deadline) {
		before = c.zombies;
		again = sweep(&c);
		sure = is_all(&c, stopped, deadline) ? sure + 1 : 0;
		clean = again ? 0 : clean + 1;
		if (is_sure(&c, stopped, sure)) {
			if (c.found == 0)
				break;
			resume(&c, &stopped);
			rest(&step);
		} else if (c.fresh == 0 && c.found > 0 && rests < RESTS) {
			rests++;
			rest(&step);
		} else if (again && (++dirty % LOOKS_DIRTY == 0 ||
		    (before > 0 && c.zombies > before))) {
			nhi_crowd_stop(uid, deadline);
			stopped = true;
		}
	}
	resume(&c, &stopped);
}

unsigned int
nhi_chase_signal(uint32_t uid, uint32_t audit_session, int sig)
{
	struct chase c = { .uid = uid, .audit_session = audit_session,
	    .sig = sig };

	(void)sweep(&c);
	return c.found;
}
