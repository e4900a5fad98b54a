/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A descriptor of the process is opened first, then the process is looked at,
 * then the descriptor gets the signal: whoever has the number by then, it is
 * the process that was looked at, or none.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"

#define STATUS_MAX	(1024 * 1024)	/* 65,536 groups */
#define ROUNDS		4		/* for what forks meanwhile */
#define PATIENCE	(50 * 1000 * 1000)	/* nanoseconds, ten times */

#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal	424
#endif

/*
 * False: it is not there.  Kernels before 5.3, and sandboxes, have numbers
 * only: *ret stays -1, and the look comes right before the signal.
 */
static bool
open_process(pid_t pid, int *ret)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return errno == ENOSYS || errno == EPERM;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	*ret = fd;
	return true;
}

static bool
send(pid_t pid, int fd, int sig)
{
	if (fd < 0)
		return kill(pid, sig) == 0;
	return syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0) == 0;
}

bool
nhi_reap_process(pid_t pid, uint64_t start, int sig)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	uint64_t ticks;

	if (pid <= 1 || !open_process(pid, &fd))
		return false;
	return nhi_stamp_process(pid, &ticks, NULL) == NHI_OK &&
	    ticks == start && send(pid, fd, sig);
}

/* A file of /proc/<pid>, whole. */
static bool
read_proc(const char *pid, const char *name, struct nhi_buf *b)
{
	char path[64];

	return snprintf(path, sizeof(path), "/proc/%s/%s", pid, name) <
	    (int)sizeof(path) &&
	    nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, b, NULL) == NHI_OK;
}

/*
 * "Uid:\t<real>\t<effective>\t<saved>\t<file system>": how many of them are
 * this one; -1 when it cannot be told.
 */
static int
count_uids(struct nhi_span rest, uint32_t uid)
{
	struct nhi_span line, word;
	int same = 0;
	uint64_t v;

	while (nhi_span_cut(&rest, '\n', &line)) {
		if (!nhi_span_cut(&line, '\t', &word) ||
		    !nhi_span_is(word, "Uid:"))
			continue;
		while (nhi_span_cut(&line, '\t', &word))
			if (nhi_num_parse(word, UINT32_MAX, &v) && v == uid)
				same++;
		return same;
	}
	return -1;
}

static bool
has_uids(const char *pid, uint32_t uid)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(STATUS_MAX);

	return read_proc(pid, "status", &b) &&
	    count_uids(nhi_buf_all(&b), uid) == 4;
}

/* A zombie whose other threads have ended, too, is over. */
static int
is_alive(const char *pid, uint32_t uid)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(STATUS_MAX);
	const char *text;
	int n;

	if (!read_proc(pid, "status", &b))
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	text = nhi_buf_text(&b);
	if (strstr(text, "\nState:\tZ") != NULL &&
	    strstr(text, "\nThreads:\t1\n") != NULL)
		return 0;
	n = count_uids(nhi_buf_all(&b), uid);
	return n < 0 ? -1 : n > 0;
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
			r = is_alive(de->d_name, uid);
	(void)closedir(dp);
	return r;
}

static bool
has_session(const char *pid, uint32_t audit_session)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(32);
	uint64_t v;

	return read_proc(pid, "sessionid", &b) &&
	    nhi_num_parse(nhi_buf_all(&b), UINT32_MAX, &v) &&
	    v == audit_session;
}

static bool
end_one(const char *name, uint32_t uid, uint32_t audit_session, int sig)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	uint64_t pid;

	if (!nhi_num_parse(nhi_span_str(name), INT32_MAX, &pid) || pid <= 1 ||
	    (pid_t)pid == getpid() || !has_uids(name, uid) ||
	    !open_process((pid_t)pid, &fd))
		return false;
	return has_uids(name, uid) && has_session(name, audit_session) &&
	    send((pid_t)pid, fd, sig);
}

static unsigned int
end_all(uint32_t uid, uint32_t audit_session, int sig)
{
	const struct dirent *de;
	unsigned int n = 0;
	DIR *dp = opendir("/proc");

	if (dp == NULL)
		return 0;
	while ((de = readdir(dp)) != NULL)
		n += end_one(de->d_name, uid, audit_session, sig);
	(void)closedir(dp);
	return n;
}

static bool
is_ours(uint32_t uid, uint32_t audit_session)
{
	return uid >= NHI_UID_MIN && audit_session != 0 &&
	    audit_session != UINT32_MAX;
}

void
nhi_reap_kill(uint32_t uid, uint32_t audit_session)
{
	for (unsigned int i = 0; i < ROUNDS && is_ours(uid, audit_session) &&
	    end_all(uid, audit_session, SIGKILL) > 0; i++)
		continue;
}

unsigned int
nhi_reap_session(uint32_t uid, uint32_t audit_session)
{
	const struct timespec step = { 0, PATIENCE };
	unsigned int found;

	if (!is_ours(uid, audit_session) ||
	    (found = end_all(uid, audit_session, SIGTERM)) == 0)
		return 0;
	for (unsigned int i = 0; i < 10; i++) {
		(void)nanosleep(&step, NULL);
		/* Signal 0 only asks. */
		if (end_all(uid, audit_session, 0) == 0)
			return found;
	}
	for (unsigned int i = 0; i < ROUNDS &&
	    end_all(uid, audit_session, SIGKILL) > 0; i++)
		(void)nanosleep(&step, NULL);
	return found;
}
