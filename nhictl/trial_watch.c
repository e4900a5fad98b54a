/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The watcher: nhictl setup --watch, in a session of its own, so that neither
 * the end of setup nor that of the login ends it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/keep.h"
#include "nhictl/nhictl.h"
#include "nhictl/trial.h"
#include "nhictl/when.h"

#define STEP	2		/* seconds between two looks */
#define TRIES	30		/* of a rollback that fails */

static void __attribute__((noreturn))
become(int in, int lock, const char *program)
{
	char *const argv[] = { (char []){ "nhictl" }, (char []){ "setup" },
		(char []){ "--watch" }, NULL };
	char *const environment[] = {
		(char []){ "PATH=/usr/sbin:/usr/bin:/sbin:/bin" },
		(char []){ "LC_ALL=C" }, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* A lock that we kept would keep everybody out, ourselves too. */
	if (close(lock) == 0 && null >= 0 && setsid() >= 0 && chdir("/") == 0 &&
	    dup2(null, 0) == 0 && dup2(in, 1) == 1 && dup2(null, 2) == 2 &&
	    fork() == 0)
		(void)execve(program, argv, environment);
	_exit(0);
}

enum nhi_err
nhi_trial_watch(int lock, struct nhi_why *why)
{
	char program[NHI_LINK_MAX + 1], byte;
	int ends[2];
	ssize_t n;
	pid_t pid;

	if (nhi_link_read(AT_FDCWD, "/proc/self/exe", program) != 1 ||
	    pipe2(ends, O_CLOEXEC) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "the watcher: %s",
		    strerror(errno));
	if ((pid = fork()) == 0)
		become(ends[1], lock, program);
	nhi_fd_close(&ends[1]);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	do
		n = read(ends[0], &byte, 1);
	while (n < 0 && errno == EINTR);
	nhi_fd_close(&ends[0]);
	if (n != 1)
		return nhi_fail(why, NHI_ERR_STATE,
		    "the watcher does not start: nothing was changed");
	return NHI_OK;
}

/* Who waits for us hears that we are there, and no more. */
static bool
answer(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool good = write(STDOUT_FILENO, "w", 1) == 1 && null >= 0 &&
	    dup2(null, 1) == 1;

	nhi_fd_close(&null);
	return good;
}

/* One look with the lock held; true when there is nothing left to do. */
static bool
look(unsigned int *failed)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_undo u = { .out = NULL };
	struct nhi_why why = { "" };
	struct nhi_trial t;
	bool did = false;

	/* Purged meanwhile: taking the lock would make it again. */
	if (access(NHI_KEEP_DIR, F_OK) != 0)
		return true;
	if (nhi_trial_lock(true, &lock, &why) != NHI_OK)
		return ++*failed >= TRIES;
	if (nhi_trial_settle(false, &u, &did, &why) != NHI_OK) {
		syslog(LOG_AUTHPRIV | LOG_ERR, "nhictl setup: the rollback "
		    "failed and will be tried again: %s", why.text);
		return ++*failed >= TRIES;
	}
	if (did)
		syslog(LOG_AUTHPRIV | LOG_WARNING, "nhictl setup: not "
		    "confirmed: rolled back (%u changes)", u.changed);
	return did || nhi_trial_load(&t, NULL) != NHI_OK ||
	    t.phase == NHI_TRIAL_NONE;
}

int
nhi_trial_watcher(void)
{
	unsigned int failed = 0;

	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	if (!answer())
		return NHI_CTL_FAULT;
	while (!look(&failed))
		(void)sleep(STEP);
	return NHI_CTL_OK;
}
