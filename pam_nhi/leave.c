/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/spawn.h"
#include "pam_nhi/leave.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal	424
#endif

/*
 * A process that forks and leaves, again and again, may pass by one look, and
 * by each signal to the one that was seen.  After so many looks, or when the
 * zombies grow more, all that the account has is stopped, which no fork
 * escapes.
 */
#define LOOKS_CLEAN	3
#define LOOKS_DIRTY	4
#define CHASE_MS	2000

/* A small file below /proc, whole; n of 0 when there is none. */
static size_t
read_small(int dir, const char *name, char *out, size_t size)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	ssize_t n;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || (n = read(fd, out, size - 1)) <= 0)
		n = 0;
	out[n] = '\0';
	return (size_t)n;
}

static bool
is_session(const char *text, uint32_t audit_session)
{
	uint64_t v;

	return nhi_num_parse(nhi_span_str(text), UINT32_MAX, &v) &&
	    v == audit_session;
}

/*
 * The uids as /proc/PID/status has them: the owner of the directory would be
 * root for a process that made itself undumpable.  Any of the four counts: a
 * set-uid program (sudo that waits for a password) still has the account's as
 * its real one, and may start the account's programs again.  What sudo runs
 * for somebody else, and sudo itself while that runs, has none.
 */
static bool
has_uid(const char *text, uint32_t uid)
{
	static const char key[] = "\nUid:\t";
	struct nhi_span rest, line, word;
	const char *at;
	uint64_t v;

	if ((at = strstr(text, key)) == NULL)
		return false;
	rest = nhi_span_str(at + sizeof(key) - 1);
	if (!nhi_span_cut(&rest, '\n', &line))
		return false;
	while (nhi_span_cut(&line, '\t', &word))
		if (nhi_num_parse(word, UINT32_MAX, &v) && v == uid)
			return true;
	return false;
}

/* One whose first thread has ended looks dead; its others run. */
static bool
is_over(const char *text)
{
	return strstr(text, "\nState:\tZ") != NULL &&
	    strstr(text, "\nThreads:\t1\n") != NULL;
}

enum what { GONE, ANOTHER, OVER, LIVES };

/* Most processes of a host are another session's, which one file says. */
static enum what
look_first(int proc, const char *pid, const struct nhi_session *s)
{
	char path[32], text[24];

	if (snprintf(path, sizeof(path), "%s/sessionid", pid) >=
	    (int)sizeof(path))
		return ANOTHER;
	if (read_small(proc, path, text, sizeof(text)) == 0)
		return errno == ENOENT || errno == ESRCH ? GONE : ANOTHER;
	return is_session(text, s->audit_session) ? LIVES : ANOTHER;
}

static enum what
look(int proc, const char *pid, const struct nhi_session *s)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum what first = look_first(proc, pid, s);
	char text[2048];

	if (first != LIVES)
		return first;
	/* One and the same process has the session and the uid. */
	dir = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || read_small(dir, "sessionid", text, sizeof(text)) == 0)
		return GONE;
	if (!is_session(text, s->audit_session))
		return ANOTHER;
	if (read_small(dir, "status", text, sizeof(text)) == 0)
		return GONE;
	if (!has_uid(text, s->uid))
		return ANOTHER;
	return is_over(text) ? OVER : LIVES;
}

/*
 * Looked at again with a descriptor of the process in hand, so that the signal
 * never reaches another one that has the number by now.
 */
static void
end(int proc, const char *name, pid_t pid, const struct nhi_session *s)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;

	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* Kernels before 5.3, and sandboxes, have numbers only. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		(void)kill(pid, SIGKILL);
	else if (fd >= 0 && look(proc, name, s) == LIVES)
		(void)syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
}

struct zombies {
	uint64_t sum;			/* of their numbers: who they are */
	unsigned int n;
};

/*
 * One process; whether somebody must look again: it was ended, and may have
 * had a child by then; or it was there and has gone, perhaps leaving one.  A
 * zombie may have lived, too, when the directory was read, but is not gone:
 * the caller is told of it.
 */
static bool
visit(int proc, const char *name, const struct nhi_session *s,
    struct zombies *dead)
{
	uint64_t pid;

	if (!nhi_num_parse(nhi_span_str(name), INT32_MAX, &pid) || pid <= 1 ||
	    (pid_t)pid == getpid())
		return false;
	switch (look(proc, name, s)) {
	case ANOTHER:
		break;
	case OVER:
		dead->sum = dead->sum * 31 + pid;
		dead->n++;
		break;
	case LIVES:
		end(proc, name, (pid_t)pid, s);
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
sweep(const struct nhi_session *s, struct zombies *ret)
{
	DIR *proc = opendir("/proc");
	struct zombies before = *ret, dead = { 0 };
	const struct dirent *d;
	bool again = false;

	if (proc == NULL)
		return false;
	while ((d = readdir(proc)) != NULL)
		if (visit(dirfd(proc), d->d_name, s, &dead))
			again = true;
	(void)closedir(proc);
	*ret = dead;
	return again || dead.sum != before.sum;
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

void
nhi_pam_leave_end(const struct nhi_session *s)
{
	int64_t deadline = nhi_clock_ms() + CHASE_MS;
	unsigned int clean = 0, dirty = 0, before;
	struct zombies dead = { 0 };
	bool stopped = false;

	if (s->audit_session == UINT32_MAX || s->audit_session == 0 ||
	    s->uid == 0)
		return;
	while (clean < LOOKS_CLEAN && nhi_clock_ms() < deadline) {
		before = dead.n;
		if (!sweep(s, &dead)) {
			clean++;
			continue;
		}
		clean = 0;
		if (++dirty % LOOKS_DIRTY == 0 ||
		    (before > 0 && dead.n > before)) {
			signal_all(s->uid, SIGSTOP);
			stopped = true;
		}
	}
	/* Another session's go on. */
	if (stopped)
		signal_all(s->uid, SIGCONT);
}
