/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/look.h"
#include "lib/base/name.h"
#include "lib/base/num.h"
#include "lib/base/process.h"
#include "lib/base/registry.h"

#define LAST_SIZE	24

static bool
is_session(const char *text, uint32_t audit_session)
{
	uint64_t v;

	return nhi_num_parse(nhi_span_str(text), UINT32_MAX, &v) &&
	    v == audit_session;
}

enum what { GONE, ANOTHER, LIVES };

/* What cannot be read for want of memory or descriptors may be anything. */
static enum what
unread(struct nhi_look *c)
{
	if (errno == ENOENT || errno == ESRCH)
		return GONE;
	c->blind = true;
	return ANOTHER;
}

/* Most processes of a host are another session's, which one file says. */
static enum what
look_first(int proc, const char *pid, struct nhi_look *c)
{
	char path[32], text[24];

	(void)snprintf(path, sizeof(path), "%.10s/sessionid", pid);
	if (!nhi_process_read(proc, path, text, sizeof(text)))
		return unread(c);
	return is_session(text, c->audit_session) ? LIVES : ANOTHER;
}

/* Of an account that made a program set-uid, which this one's session ran. */
static bool
is_foreign(const char *status, struct nhi_look *c)
{
	char owner[NHI_NAME_MAX + 1];
	uint32_t uid[4];
	int r = 0;

	if (c->uids == NULL || !nhi_process_uids(status, uid))
		return false;
	for (size_t i = 0; i < 4 && r == 0; i++)
		if (uid[i] >= NHI_UID_MIN)
			r = nhi_registry_owner(c->uids, uid[i], owner);
	c->foreign = c->foreign || r > 0;
	c->blind = c->blind || r < 0;
	return r > 0;
}

/* One and the same process has the session and the uid. */
static enum what
look(int proc, const char *pid, struct nhi_look *c)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum what first = look_first(proc, pid, c);
	char text[NHI_PROCESS_STATUS];

	if (first != LIVES)
		return first;
	dir = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 ||
	    !nhi_process_read(dir, "sessionid", text, sizeof(text)))
		return unread(c);
	if (!is_session(text, c->audit_session))
		return ANOTHER;
	if (!nhi_process_read(dir, "status", text, sizeof(text)))
		return unread(c);
	return !nhi_process_is_over(text) &&
	    (nhi_process_has_uid(text, c->uid) || is_foreign(text, c)) ?
	    LIVES : ANOTHER;
}

/*
 * What the kernel counts as the account's and is not to be ended: by the real
 * uid, which a set-uid program of root's does not show as its owner.
 */
static void
count(int proc, const char *pid, struct nhi_look *c)
{
	char path[32], text[NHI_PROCESS_STATUS];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	if (fstatat(proc, pid, &st, 0) != 0 ||
	    (st.st_uid != c->uid && !(c->exact && st.st_uid == 0)) ||
	    !nhi_process_read(proc, path, text, sizeof(text)) ||
	    nhi_process_number(text, "\nUid:\t") != c->uid)
		return;
	c->mark = c->mark * 31 + nhi_process_number(text, "\nPid:\t");
	if (!nhi_process_is_over(text)) {
		c->others += nhi_process_number(text, "\nThreads:\t");
		return;
	}
	c->zombies++;
	c->sum = c->sum * 31 + nhi_process_number(text, "\nPid:\t");
	if (nhi_process_number(text, "\nPPid:\t") == (uint32_t)getpid())
		c->own++;
}

static bool
needs(const struct nhi_look *c, const char *status)
{
	return c->sig != SIGSTOP || !nhi_process_is_stopped(status);
}

/*
 * Who stops on his way out, for one that traces him, has been told, and runs
 * no more of his own code: anybody else who is traced wakes up at once.
 */
static bool
is_leaving(const char *status)
{
	return strstr(status, "\nState:\tt") != NULL;
}

/* Has it been told, and is it on its way? */
static bool
tell(int proc, const char *name, pid_t pid, struct nhi_look *c)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char path[32], text[NHI_PROCESS_STATUS];

	(void)snprintf(path, sizeof(path), "%.10s/status", name);
	return nhi_process_open(pid, &fd) && look(proc, name, c) == LIVES &&
	    nhi_process_send(pid, fd, c->sig) && c->sig == SIGKILL &&
	    nhi_process_read(proc, path, text, sizeof(text)) &&
	    is_leaving(text);
}

static void
end(int proc, const char *name, pid_t pid, struct nhi_look *c)
{
	char path[32], text[NHI_PROCESS_STATUS];

	c->found++;
	(void)snprintf(path, sizeof(path), "%.10s/status", name);
	/* It was there, and may have left another. */
	if (!nhi_process_read(proc, path, text, sizeof(text))) {
		c->fresh++;
		return;
	}
	c->mark = c->mark * 31 + (uint32_t)pid;
	/* A big one takes its time: that is nothing to chase. */
	if (nhi_process_is_dying(text))
		c->dying += nhi_process_number(text, "\nThreads:\t");
	else if (needs(c, text) && tell(proc, name, pid, c))
		c->dying += nhi_process_number(text, "\nThreads:\t");
	else if (needs(c, text))
		c->fresh++;
}

static void
visit(int proc, pid_t pid, struct nhi_look *c)
{
	char name[16];

	if (pid <= 1 || pid == getpid())
		return;
	(void)snprintf(name, sizeof(name), "%ld", (long)pid);
	switch (look(proc, name, c)) {
	case ANOTHER:
		count(proc, name, c);
		return;
	case LIVES:
		end(proc, name, pid, c);
		return;
	case GONE:
		c->lost = true;
		return;
	}
}

/*
 * The number that was given last, to whatever process or thread.  Not from
 * /proc/loadavg, which containers make up.  Kernels may be built without.
 */
static bool
read_last(int proc, char text[static LAST_SIZE])
{
	return nhi_process_read(proc, "sys/kernel/ns_last_pid", text,
	    LAST_SIZE);
}

bool
nhi_look(struct nhi_look *c)
{
	NHI_AUTO(nhi_process_list_wipe) struct nhi_process_list all = { NULL, 0 };
	NHI_AUTO(nhi_fd_close) int proc = -1;
	const uint64_t before = c->sum;
	char last[LAST_SIZE], now[LAST_SIZE];

	c->found = c->fresh = c->dying = c->others = 0;
	c->zombies = c->own = 0;
	c->sum = c->mark = 0;
	c->lost = c->quiet = false;
	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	c->blind = proc < 0;
	if (proc < 0)
		return true;
	c->quiet = read_last(proc, last);
	c->blind = !nhi_process_all(proc, &all);
	for (size_t i = 0; i < all.n; i++)
		visit(proc, all.pid[i], c);
	c->quiet = c->quiet && read_last(proc, now) && strcmp(last, now) == 0;
	return c->found > 0 || c->lost || c->blind || c->sum != before;
}
