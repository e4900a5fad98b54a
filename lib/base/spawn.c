/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"
#include "lib/base/stamp.h"

#define WAIT_STEP_NS	50000
#define WAIT_STEP_MAX	(64 * WAIT_STEP_NS)
#define LOOK_MS		20
#define END_MS		250
#define ENOUGH_S	1	/* of a processor: more is spent by who hangs */

int64_t
nhi_clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Signals at default and none blocked.  What else of the host's is open,
 * nhi-drop closes once it is somebody else (who starts nhi-verify itself is
 * of its user): between vfork and exec the child has the host's memory, and
 * does no more than it must.
 */
static int
set_attributes(posix_spawnattr_t *a)
{
	sigset_t all, none;
	int n;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	if ((n = posix_spawnattr_setsigdefault(a, &all)) != 0 ||
	    (n = posix_spawnattr_setsigmask(a, &none)) != 0)
		return n;
	return posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGDEF |
	    POSIX_SPAWN_SETSIGMASK);
}

/* The socket may be 0 to 2 itself where the host closed those. */
static int
set_files(posix_spawn_file_actions_t *f, int fd)
{
	int n;

	if ((n = posix_spawn_file_actions_adddup2(f, fd,
	    STDIN_FILENO)) != 0 ||
	    (n = posix_spawn_file_actions_adddup2(f, STDIN_FILENO,
	    STDOUT_FILENO)) != 0)
		return n;
	return posix_spawn_file_actions_addopen(f, STDERR_FILENO, "/dev/null",
	    O_RDWR, 0);
}

/* An error number, or 0 and a child. */
static int
start(char *const argv[], int fd, pid_t *ret)
{
	static char *const none[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int n;

	if ((n = posix_spawnattr_init(&attributes)) != 0)
		return n;
	if ((n = posix_spawn_file_actions_init(&files)) == 0) {
		if ((n = set_attributes(&attributes)) == 0 &&
		    (n = set_files(&files, fd)) == 0)
			n = posix_spawn(ret, argv[0], &files, &attributes,
			    argv, none);
		(void)posix_spawn_file_actions_destroy(&files);
	}
	(void)posix_spawnattr_destroy(&attributes);
	return n;
}

void
nhi_spawn_pause(struct nhi_spawn *s)
{
	(void)sigaction(SIGCHLD, &s->chld, NULL);
}

/* A host that ignores SIGCHLD would reap our child unseen. */
void
nhi_spawn_resume(struct nhi_spawn *s)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };

	(void)sigaction(SIGCHLD, &dfl, &s->chld);
}

enum nhi_err
nhi_spawn_start(char *const argv[], struct nhi_spawn *ret,
    struct nhi_why *why)
{
	struct nhi_spawn s = { .pid = -1, .fd = -1 };
	int pair[2], n;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return nhi_fail(why, NHI_ERR_VERIFIER, "socketpair: %s",
		    strerror(errno));
	nhi_spawn_resume(&s);
	n = start(argv, pair[1], &s.pid);
	(void)close(pair[1]);
	s.fd = pair[0];
	if (n != 0) {
		nhi_spawn_pause(&s);
		nhi_fd_close(&s.fd);
		return nhi_fail(why, NHI_ERR_VERIFIER, "%s: %s", argv[0],
		    strerror(n));
	}
	*ret = s;
	return NHI_OK;
}

/*
 * At the deadline: one that sleeps has had its time; one that would run, were
 * there a processor for it, has not.
 */
static bool
in_time(const struct nhi_spawn *s, int64_t deadline)
{
	int64_t now = nhi_clock_ms();

	return now < deadline || (now < deadline + NHI_SPAWN_PATIENCE_MS &&
	    nhi_stamp_starved(s->pid, ENOUGH_S) == 1);
}

/* Wait for the socket; false when the time is over. */
static bool
ready(const struct nhi_spawn *s, short events, int64_t deadline)
{
	struct pollfd p = { .fd = s->fd, .events = events };
	int64_t left;
	int n;

	do {
		left = deadline - nhi_clock_ms();
		n = poll(&p, 1, left > 0 ? (int)left : LOOK_MS);
	} while ((n < 0 && errno == EINTR) ||
	    (n == 0 && in_time(s, deadline)));
	return n > 0;
}

static enum nhi_err
send_all(const struct nhi_spawn *child, struct nhi_span s, int64_t deadline,
    struct nhi_why *why)
{
	while (s.n > 0) {
		ssize_t n;

		if (!ready(child, POLLOUT, deadline))
			return nhi_fail(why, NHI_ERR_VERIFIER,
			    "the verifier does not read");
		n = send(child->fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
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

	if ((err = send_all(s, bytes, deadline, why)) != NHI_OK)
		return err;
	(void)shutdown(s->fd, SHUT_WR);
	for (;;) {
		char step[2048];
		ssize_t n;

		if (!ready(s, POLLIN, deadline))
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
nhi_spawn_end(struct nhi_spawn *s, int64_t deadline, bool patient)
{
	struct timespec step = { .tv_nsec = WAIT_STEP_NS };
	int status = -1;
	bool done;

	nhi_fd_close(&s->fd);
	/* Who has answered just before the deadline has still to end. */
	if (patient && deadline < nhi_clock_ms() + END_MS)
		deadline = nhi_clock_ms() + END_MS;
	while (!(done = reap(s->pid, WNOHANG, &status)) &&
	    (patient ? in_time(s, deadline) : nhi_clock_ms() < deadline)) {
		(void)nanosleep(&step, NULL);
		if (step.tv_nsec < WAIT_STEP_MAX)
			step.tv_nsec *= 2;
	}
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
	nhi_spawn_pause(s);
	return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
