/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include "fetch/confine.h"
#include "fetch/landlock.h"
#include "lib/base/service.h"

#define MEMORY_MAX	(512UL << 20)	/* bytes of address space */
#define CPU_MAX		10		/* seconds */
#define FILES_MAX	64
#define FILE_MAX	(2UL << 20)	/* bytes of a file that is written */
#define DEADLINE_S	20		/* after the alarm of main */

/*
 * An alarm can be caught or blocked by whoever takes us over, and he would
 * keep the issuer's lock; libcurl's threads need those calls.  The calls that
 * would disarm this are not among those that remain.
 */
enum nhi_err
nhi_fetch_deadline(unsigned int seconds, struct nhi_why *why)
{
	const struct itimerspec when = { .it_value = { .tv_sec = seconds } };
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL,
	};
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
	    timer_settime(timer, 0, &when, NULL) != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "deadline: %s",
		    strerror(errno));
	return NHI_OK;
}

enum nhi_err
nhi_fetch_limit(struct nhi_why *why)
{
	const struct nhi_service_limits limits = {
		.cpu = CPU_MAX, .memory = MEMORY_MAX, .files = FILES_MAX,
		.file = FILE_MAX,
	};
	enum nhi_err err;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if ((err = nhi_service_limit(&limits, why)) != NHI_OK)
		return err;
	return nhi_fetch_deadline(DEADLINE_S, why);
}

static const int allowed[] = {
	/* files */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev),
	SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(open),
	SCMP_SYS(openat), SCMP_SYS(close),
	SCMP_SYS(fstat), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(fstatfs),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(lseek),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
	SCMP_SYS(fcntl), SCMP_SYS(ioctl), SCMP_SYS(flock),
	SCMP_SYS(ftruncate), SCMP_SYS(fchmod), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(rename), SCMP_SYS(renameat),
	SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(linkat), SCMP_SYS(utimensat), SCMP_SYS(getcwd),
	/* network: sockets are below */
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(sendto),
	SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(getsockname),
	SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(pipe),
	SCMP_SYS(pipe2), SCMP_SYS(eventfd2),
	/* memory and threads: mmap, mprotect and clone are below */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(gettid),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* who, when, chance */
	SCMP_SYS(getpid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(uname),
	SCMP_SYS(sysinfo), SCMP_SYS(getrandom), SCMP_SYS(gettimeofday),
	SCMP_SYS(time), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
	/* End of the calls that remain */
};

/* Nobody who works as we do calls these. */
static const int deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
	SCMP_SYS(vfork), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(kill), SCMP_SYS(tkill),
	SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_send_signal), SCMP_SYS(setuid), SCMP_SYS(setgid),
	SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
	SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(setfsuid),
	SCMP_SYS(setfsgid), SCMP_SYS(capset), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open), SCMP_SYS(keyctl), SCMP_SYS(add_key),
	SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(userfaultfd), SCMP_SYS(listen), SCMP_SYS(accept),
	SCMP_SYS(accept4),
	/* End of the calls that kill */
};

static int
rules(scmp_filter_ctx c, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(c, action, calls[i], 0) != 0)
			return -1;
	return 0;
}

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define ALLOW(...)	seccomp_rule_add(c, SCMP_ACT_ALLOW, __VA_ARGS__)

/* By argument: families of sockets, no fresh code, threads but no process. */
static int
by_argument(scmp_filter_ctx c)
{
	static const int families[] = { AF_INET, AF_INET6, AF_UNIX,
		AF_NETLINK };

	for (size_t i = 0; i < COUNT(families); i++)
		if (ALLOW(SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ,
		    (scmp_datum_t)families[i], 0)) != 0)
			return -1;
	return ALLOW(SCMP_SYS(socketpair), 1, SCMP_A0(SCMP_CMP_EQ,
	    AF_UNIX, 0)) != 0 ||
	    /* Nor from a file, for the cache is one: see fetch/resolver.h. */
	    ALLOW(SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC,
	    0)) != 0 ||
	    ALLOW(SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ,
	    PROT_EXEC, 0)) != 0 ||
	    ALLOW(SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ,
	    CLONE_THREAD, CLONE_THREAD)) != 0 ? -1 : 0;
}

enum nhi_err
nhi_fetch_confine(const char *const dirs[], struct nhi_why *why)
{
	/* clone3, whose arguments a filter cannot see, is not there. */
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	enum nhi_err err;
	int loaded = -1;

	/* By 32 bits or x32: libseccomp would end the thread only. */
	if ((err = nhi_landlock(dirs, why)) == NHI_OK && c != NULL &&
	    seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS) == 0 &&
	    rules(c, SCMP_ACT_ALLOW, allowed, COUNT(allowed)) == 0 &&
	    rules(c, SCMP_ACT_KILL_PROCESS, deadly, COUNT(deadly)) == 0 &&
	    by_argument(c) == 0)
		loaded = seccomp_load(c);
	seccomp_release(c);
	if (err != NHI_OK)
		return err;
	if (loaded != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "the system call filter cannot be set");
	return NHI_OK;
}
