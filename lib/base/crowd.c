/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/crowd.h"
#include "lib/base/spawn.h"

#define TRIES		4
#define HELPER_MS	500
#define NOBODY		65534
#define FD_FALLBACK	1024

#ifndef SYS_close_range
#define SYS_close_range	436
#endif

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * What runs as the account can be stopped by it, and by who ends another
 * session of it: nobody waits for that long.  -1: it did not get to its end.
 */
static int
helper_status(pid_t pid, int64_t deadline)
{
	struct timespec step = { .tv_nsec = 200000 };
	int status = -1;
	pid_t got;

	deadline = sooner(deadline, nhi_clock_ms() + HELPER_MS);
	while ((got = waitpid(pid, &status, WNOHANG)) == 0 ||
	    (got < 0 && errno == EINTR)) {
		if (nhi_clock_ms() >= deadline)
			(void)kill(pid, SIGKILL);
		(void)nanosleep(&step, NULL);
		if (step.tv_nsec < 3000000)
			step.tv_nsec *= 2;
	}
	return got == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* They may kill it and stop it; no handler of its host runs, no core is left. */
static pid_t
start(void)
{
	sigset_t all, old;
	pid_t pid;

	(void)sigfillset(&all);
	if (sigprocmask(SIG_BLOCK, &all, &old) != 0)
		return -1;
	pid = fork();
	if (pid != 0)
		(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

/* Nothing of the host's but its memory, which nobody can look at. */
static bool
become(uint32_t uid)
{
	if (syscall(SYS_close_range, 0, ~0U, 0) != 0)
		for (int fd = 0; fd < FD_FALLBACK; fd++)
			(void)close(fd);
	/* SIGCONT reaches whoever shares the terminal session, whose ever. */
	(void)setsid();
	return setgroups(0, NULL) == 0 &&
	    setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	    setresuid(uid, uid, uid) == 0 &&
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static int
signal_all(uint32_t uid, int sig, int64_t deadline)
{
	unsigned int i = 0;
	pid_t pid;

	do {
		if ((pid = start()) == 0) {
			_exit(become(uid) && (kill(-1, sig) == 0 ||
			    errno == ESRCH) ? 0 : 1);
		}
		if (pid < 0)
			return i == 0 ? 0 : -1;
		if (helper_status(pid, deadline) == 0)
			return 1;
	} while (++i < TRIES && nhi_clock_ms() < deadline);
	return -1;
}

static bool
is_more(uint32_t uid, uint32_t n, int64_t deadline)
{
	const struct rlimit all = { n + 2, n + 2 };
	pid_t pid = start();

	if (pid != 0)
		return pid < 0 || helper_status(pid, deadline) != 0;
	if (setrlimit(RLIMIT_NPROC, &all) != 0 || !become(uid) ||
	    (pid = fork()) < 0)
		_exit(1);
	/* One that was stopped goes with the other one. */
	if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		_exit(1);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	_exit(0);
}

int
nhi_crowd_signal(uint32_t uid, int sig, int64_t deadline)
{
	struct nhi_spawn host;
	int r;

	nhi_spawn_resume(&host);
	r = signal_all(uid, sig, deadline);
	nhi_spawn_pause(&host);
	return r;
}

bool
nhi_crowd_more(uint32_t uid, uint32_t n, int64_t deadline)
{
	struct nhi_spawn host;
	bool r;

	nhi_spawn_resume(&host);
	r = is_more(uid, n, deadline);
	nhi_spawn_pause(&host);
	return r;
}
