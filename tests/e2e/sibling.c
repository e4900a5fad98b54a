/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Look into another process in every way that its uid allows:
 *	sibling PID
 * A line for each way that opened; exit 0 none did, 1 some, 2 no process.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* The same number everywhere; a kernel without them says ENOSYS. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif

static int opened;

static void
tell(const char *way, int ok)
{
	if (!ok)
		return;
	opened = 1;
	printf("%s\n", way);
}

/* Open and read: some files of /proc only say no at the read. */
static void
file(const char *pid, const char *name)
{
	char path[64], byte;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	if (fd >= 0)
		tell(name, read(fd, &byte, 1) >= 0 || errno == EAGAIN ||
		    errno == EIO);
	if (fd >= 0)
		(void)close(fd);
	fd = open(path, O_RDWR | O_NONBLOCK);
	tell(name, fd >= 0);
	if (fd >= 0)
		(void)close(fd);
}

static void
link_of(const char *pid, const char *name)
{
	char path[64], text[256];

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	tell(name, readlink(path, text, sizeof(text)) >= 0);
}

/* An address that nobody has mapped: no right is EPERM, else EFAULT. */
static void
memory(pid_t pid)
{
	char byte;
	struct iovec here = { &byte, 1 };
	struct iovec there = { (void *)16, 1 };

	tell("process_vm_readv", process_vm_readv(pid, &here, 1, &there, 1,
	    0) >= 0 || errno == EFAULT);
	tell("process_vm_writev", process_vm_writev(pid, &here, 1, &there, 1,
	    0) >= 0 || errno == EFAULT);
}

static void
trace(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0) {
		tell("ptrace seize", 1);
		(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
	}
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0) {
		tell("ptrace attach", 1);
		(void)waitpid(pid, &status, 0);
		(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
	}
}

static void
descriptor(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd >= 0)
		fd = (int)syscall(SYS_pidfd_getfd, fd, 0, 0);
	tell("pidfd_getfd", fd >= 0);
}

int
main(int argc, char *argv[])
{
	static const char *const files[] = {
		"environ", "mem", "maps", "smaps", "pagemap", "auxv", "stack",
		"syscall", "io", "fd/0", "fd/1", "fd/2", "fd/3", "fd/4",
		"fd/5", "fdinfo/0", "personality",
		/* End of the files */
	};
	static const char *const links[] = {
		"cwd", "root", "exe", "fd/0", "fd/3", "ns/mnt",
		/* End of the links */
	};
	pid_t pid;

	if (argc != 2 || (pid = (pid_t)strtoul(argv[1], NULL, 10)) <= 1 ||
	    (kill(pid, 0) != 0 && errno == ESRCH))
		return 2;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		file(argv[1], files[i]);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		link_of(argv[1], links[i]);
	memory(pid);
	descriptor(pid);
	trace(pid);
	return opened;
}
