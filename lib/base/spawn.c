/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"

#define FD_FALLBACK_MAX	65536
#define SIGNALS		64
#define WAIT_STEP_NS	50000

int64_t
nhi_clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Only calls that are safe between fork and exec from here on. */

static void
close_above_stderr(void)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = 3; fd < FD_FALLBACK_MAX; fd++)
		(void)close(fd);
}

static void
reset_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i <= SIGNALS; i++)
		(void)sigaction(i, &sa, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
child(char *const argv[], int fd)
{
	static char *const none[] = { NULL };
	int null;

	/* The socket may be 0 to 2 itself where the host closed those. */
	if ((fd = fcntl(fd, F_DUPFD, 10)) < 0 ||
	    (null = open("/dev/null", O_RDWR)) < 0 ||
	    dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		_exit(NHI_EXIT_FAULT);
	close_above_stderr();
	reset_signals();
	(void)execve(argv[0], argv, none);
	_exit(NHI_EXIT_FAULT);
}

enum nhi_err
nhi_spawn_start(char *const argv[], struct nhi_spawn *ret,
    struct nhi_why *why)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	struct nhi_spawn s = { .pid = -1, .fd = -1 };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return nhi_fail(why, NHI_ERR_VERIFIER, "socketpair: %s",
		    strerror(errno));
	/* A host that ignores SIGCHLD would reap our child unseen. */
	(void)sigaction(SIGCHLD, &dfl, &s.chld);
	if ((s.pid = fork()) == 0)
		child(argv, pair[1]);
	(void)close(pair[1]);
	s.fd = pair[0];
	if (s.pid < 0) {
		(void)sigaction(SIGCHLD, &s.chld, NULL);
		nhi_fd_close(&s.fd);
		return nhi_fail(why, NHI_ERR_VERIFIER, "fork: %s",
		    strerror(errno));
	}
	*ret = s;
	return NHI_OK;
}

/* Wait for the socket; false at the deadline. */
static bool
ready(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left;
	int n;

	do {
		left = deadline - nhi_clock_ms();
		if (left <= 0)
			return false;
		n = poll(&p, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static enum nhi_err
send_all(int fd, struct nhi_span s, int64_t deadline, struct nhi_why *why)
{
	while (s.n > 0) {
		ssize_t n;

		if (!ready(fd, POLLOUT, deadline))
			return nhi_fail(why, NHI_ERR_VERIFIER,
			    "the verifier does not read");
		n = send(fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return nhi_fail(why, NHI_ERR_VERIFIER,
			    "the verifier went away: %s", strerror(errno));
		s.p += n;
		s.n -= (size_t)n;
	}
	return NHI_OK;
}

enum nhi_err
nhi_spawn_talk(struct nhi_spawn *s, struct nhi_span bytes, int64_t deadline,
    struct nhi_buf *answer, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = send_all(s->fd, bytes, deadline, why)) != NHI_OK)
		return err;
	(void)shutdown(s->fd, SHUT_WR);
	for (;;) {
		char step[2048];
		ssize_t n;

		if (!ready(s->fd, POLLIN, deadline))
			return nhi_fail(why, NHI_ERR_VERIFIER,
			    "the verifier is late");
		n = recv(s->fd, step, sizeof(step), MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return nhi_fail(why, NHI_ERR_VERIFIER,
			    "the verifier went away: %s", strerror(errno));
		if (n == 0)
			return NHI_OK;
		nhi_buf_put(answer, step, (size_t)n);
		if (answer->err != NHI_OK)
			return nhi_fail(why, NHI_ERR_VERIFIER,
			    "the verifier's answer is too long");
	}
}

static bool
reap(pid_t pid, int options, int *status)
{
	pid_t got;

	do
		got = waitpid(pid, status, options);
	while (got < 0 && errno == EINTR);
	return got != 0;
}

bool
nhi_spawn_end(struct nhi_spawn *s, int64_t deadline)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_NS };
	int status = -1;
	bool done;

	nhi_fd_close(&s->fd);
	while (!(done = reap(s->pid, WNOHANG, &status)) &&
	    nhi_clock_ms() < deadline)
		(void)nanosleep(&step, NULL);
	/*
	 * Root may kill it.  The issuer may not, and leaves it to nhi-drop's
	 * alarm; the issuer itself ends soon after.
	 */
	if (!done) {
		status = -1;
		if (kill(s->pid, SIGKILL) == 0)
			(void)reap(s->pid, 0, &status);
		status = -1;
	}
	(void)sigaction(SIGCHLD, &s->chld, NULL);
	return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
