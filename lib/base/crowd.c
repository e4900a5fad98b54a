/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/spawn.h"
#include "lib/base/crowd.h"

#define TRIES		4
#define HELPER_MS	500
#define RESUME_MS	160

/*
 * What runs as the account can be stopped by it, and by who ends another
 * session of it: nobody waits for that long.  -1: it did not get to its end.
 */
static int
helper_status(pid_t pid)
{
	const struct timespec step = { .tv_nsec = 200000 };
	int64_t deadline = nhi_clock_ms() + HELPER_MS;
	int status = -1;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 ||
	    (got < 0 && errno == EINTR)) {
		if (nhi_clock_ms() >= deadline)
			(void)kill(pid, SIGKILL);
		(void)nanosleep(&step, NULL);
	}
	return got == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* From one that has become it: nobody else's can be reached. */
static void
signal_all(uint32_t uid, int what)
{
	pid_t pid;

	for (unsigned int i = 0; i < TRIES; i++) {
		if ((pid = fork()) == 0) {
			if (setresuid(uid, uid, uid) == 0)
				(void)kill(-1, what);
			_exit(0);
		}
		if (pid < 0 || helper_status(pid) == 0)
			return;
	}
}

bool
nhi_crowd_more(uint32_t uid, uint32_t n)
{
	const struct rlimit all = { n + 2, n + 2 };
	pid_t pid = fork();

	if (pid != 0)
		return pid < 0 || helper_status(pid) != 0;
	if (setrlimit(RLIMIT_NPROC, &all) != 0 ||
	    setresuid(uid, uid, uid) != 0 || (pid = fork()) < 0)
		_exit(1);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	_exit(0);
}

void
nhi_crowd_stop(uint32_t uid)
{
	signal_all(uid, SIGSTOP);
}

/*
 * Said again and again, for Linux may stop the child of a fork that was under
 * way and forget that it was to go on.
 */
void
nhi_crowd_resume(uint32_t uid)
{
	struct timespec step = { .tv_nsec = 10000000 };

	signal_all(uid, SIGCONT);
	for (; step.tv_nsec <= RESUME_MS * 1000000; step.tv_nsec *= 2) {
		(void)nanosleep(&step, NULL);
		signal_all(uid, SIGCONT);
	}
}
