/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/process.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal	424
#endif

static bool
add(struct nhi_process_list *l, size_t *room, pid_t pid)
{
	pid_t *more;

	if (l->n == *room) {
		*room = *room == 0 ? 1024 : *room * 2;
		more = realloc(l->pid, *room * sizeof(*more));
		if (more == NULL)
			return false;
		l->pid = more;
	}
	l->pid[l->n++] = pid;
	return true;
}

static bool
read_all(DIR *list, struct nhi_process_list *l)
{
	const struct dirent *d;
	size_t room = 0;
	uint64_t pid;

	while ((d = nhi_list_next(list)) != NULL)
		if (nhi_num_parse(nhi_span_str(d->d_name), INT32_MAX, &pid) &&
		    !add(l, &room, (pid_t)pid))
			return false;
	return errno == 0;
}

bool
nhi_process_all(int proc, struct nhi_process_list *ret)
{
	NHI_AUTO(nhi_process_list_wipe) struct nhi_process_list l = { NULL, 0 };
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(proc, ".");

	if (list == NULL || !read_all(list, &l))
		return false;
	*ret = l;
	l = (struct nhi_process_list){ NULL, 0 };
	return true;
}

void
nhi_process_list_wipe(struct nhi_process_list *l)
{
	free(l->pid);
	*l = (struct nhi_process_list){ NULL, 0 };
}

bool
nhi_process_open(pid_t pid, int *ret)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return errno == ENOSYS || errno == EPERM;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	*ret = fd;
	return true;
}

bool
nhi_process_send(pid_t pid, int fd, int sig)
{
	if (fd < 0)
		return kill(pid, sig) == 0;
	return syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0) == 0;
}

bool
nhi_process_read(int dir, const char *name, char *out, size_t size)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	ssize_t n = -1;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		n = read(fd, out, size - 1);
	out[n > 0 ? n : 0] = '\0';
	return n > 0;
}

bool
nhi_process_uids(const char *status, uint32_t ret[static 4])
{
	static const char key[] = "\nUid:\t";
	struct nhi_span rest, line, word;
	const char *at = strstr(status, key);
	size_t n = 0;
	uint64_t v;

	if (at == NULL)
		return false;
	rest = nhi_span_str(at + sizeof(key) - 1);
	if (!nhi_span_cut(&rest, '\n', &line))
		return false;
	while (n < 4 && nhi_span_cut(&line, '\t', &word) &&
	    nhi_num_parse(word, UINT32_MAX, &v))
		ret[n++] = (uint32_t)v;
	return n == 4;
}

bool
nhi_process_has_uid(const char *status, uint32_t uid)
{
	uint32_t v[4];

	return nhi_process_uids(status, v) && (v[0] == uid || v[1] == uid ||
	    v[2] == uid || v[3] == uid);
}

bool
nhi_process_is_over(const char *status)
{
	return strstr(status, "\nState:\tZ") != NULL &&
	    strstr(status, "\nThreads:\t1\n") != NULL;
}

bool
nhi_process_is_stopped(const char *status)
{
	return strstr(status, "\nState:\tT") != NULL;
}

/* A mask of 64 signals in hexadecimal digits, the first one last. */
static bool
has_kill(const char *status, const char *key)
{
	const char *at = strstr(status, key);
	size_t n = strlen(key), digits;

	if (at == NULL)
		return false;
	digits = strspn(at + n, "0123456789abcdef");
	return digits > (SIGKILL - 1) / 4 && strchr("13579bdf",
	    at[n + digits - 1 - (SIGKILL - 1) / 4]) != NULL;
}

bool
nhi_process_is_dying(const char *status)
{
	/*
	 * The kernel forgets a SIGKILL of who is on his way out already, which
	 * takes its time on a busy host, or where the first of a namespace
	 * waits for another one to bury what was in it.  The memory goes first
	 * (do_exit); a thread that ends before the others has some beside it.
	 */
	return has_kill(status, "\nSigPnd:\t") ||
	    has_kill(status, "\nShdPnd:\t") ||
	    (strstr(status, "\nThreads:\t1\n") != NULL &&
	    strstr(status, "\nVmSize:\t") == NULL);
}

uint32_t
nhi_process_number(const char *status, const char *key)
{
	const char *at = strstr(status, key);
	struct nhi_span text;
	uint64_t v;

	if (at == NULL)
		return 0;
	text.p = at + strlen(key);
	text.n = strspn(text.p, "0123456789");
	return nhi_num_parse(text, UINT32_MAX, &v) ? (uint32_t)v : 0;
}
