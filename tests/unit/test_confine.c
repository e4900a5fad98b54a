/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Under nhi-verify's own filter every call that is not on its list is death,
 * and what it needs is not.  Each call is made by a child, by its number, so
 * that no library makes another one on the way.
 */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/base/service.h"
#include "verify/confine.h"

#define LIVED	0
#define NO_CAGE	3

static char path[] = "/dev/null";

static const struct row {
	const char *name;
	long number;
	long args[6];
	bool dies;
} rows[] = {
	/* The world outside. */
	{ "openat", SYS_openat, { AT_FDCWD, (long)path, O_RDONLY }, true },
	{ "socket", SYS_socket, { AF_UNIX, SOCK_STREAM }, true },
	{ "connect", SYS_connect, { 0 }, true },
	{ "sendto", SYS_sendto, { 1, (long)path, 1 }, true },
	{ "memfd_create", SYS_memfd_create, { (long)path }, true },
	{ "ioctl", SYS_ioctl, { 0 }, true },
	/* Other processes. */
	{ "execve", SYS_execve, { (long)path }, true },
	{ "execveat", SYS_execveat, { AT_FDCWD, (long)path }, true },
	{ "clone", SYS_clone, { SIGCHLD }, true },
	{ "ptrace", SYS_ptrace, { PTRACE_TRACEME }, true },
	{ "process_vm_readv", SYS_process_vm_readv, { 1 }, true },
	{ "kill", SYS_kill, { INT_MAX, 0 }, true },
	{ "tgkill", SYS_tgkill, { INT_MAX, INT_MAX, 0 }, true },
	/* Itself: limits, users, a looser filter. */
	{ "prctl", SYS_prctl, { PR_SET_DUMPABLE, 1 }, true },
	{ "seccomp", SYS_seccomp, { 0 }, true },
	{ "prlimit64", SYS_prlimit64, { 0, RLIMIT_CPU }, true },
	{ "setuid", SYS_setuid, { 0 }, true },
	{ "setresuid", SYS_setresuid, { 0 }, true },
	{ "bpf", SYS_bpf, { 0 }, true },
	/* Memory that is code. */
	{ "mmap PROT_EXEC", SYS_mmap, { 0, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1 }, true },
	{ "mmap all", SYS_mmap, { 0, 4096,
	    PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1 }, true },
	{ "mprotect", SYS_mprotect, { 0, 0, PROT_EXEC }, true },
	{ "no such call", 999999, { 0 }, true },
	/* What remains. */
	{ "mmap", SYS_mmap, { 0, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1 }, false },
	{ "read", SYS_read, { -1 }, false },
	{ "write", SYS_write, { -1 }, false },
	{ "getpid", SYS_getpid, { 0 }, false },
	{ "getrandom", SYS_getrandom, { 0 }, false },
	/* End of the calls */
};

static void
call(const struct row *r)
{
	struct nhi_why why;

	if (nhi_confine_end(&why) != NHI_OK)
		_exit(NO_CAGE);
	(void)syscall(r->number, r->args[0], r->args[1], r->args[2],
	    r->args[3], r->args[4], r->args[5]);
	_exit(LIVED);
}

static void
test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		pid_t pid = fork();
		int status = 0;

		if (pid == 0)
			call(r);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (r->dies ? !WIFSIGNALED(status) ||
		    WTERMSIG(status) != SIGSYS : status != LIVED)
			fail_msg("%s: status %#x", r->name,
			    (unsigned int)status);
	}
}

static bool
limited(int what, rlim_t most)
{
	struct rlimit r;

	return getrlimit((__rlimit_resource_t)what, &r) == 0 &&
	    r.rlim_cur <= most && r.rlim_max <= most;
}

/* 0, or which of them does not hold. */
static int
begun(void)
{
	struct nhi_why why;

	if (nhi_confine_begin(&why) != NHI_OK)
		return NO_CAGE;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 10;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 11;
	if (!limited(RLIMIT_CORE, 0) || !limited(RLIMIT_CPU, 4))
		return 12;
	if (!limited(RLIMIT_FSIZE, 1UL << 20))
		return 14;
	if (!limited(RLIMIT_NOFILE, 16) || !limited(RLIMIT_AS, 256UL << 20))
		return 13;
	return 0;
}

static void
test_begin(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0)
		_exit(begun());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* A file of root's is nobody's identity, and nor is one that is missing. */
static void
test_identity(void **state)
{
	struct nhi_why why;

	(void)state;
	assert_int_equal(nhi_service_identity("/etc/passwd", &why),
	    NHI_ERR_INTERNAL);
	assert_int_equal(nhi_service_identity("/nonexistent", &why),
	    NHI_ERR_INTERNAL);
	assert_int_equal(nhi_service_identity("/dev/null", &why),
	    NHI_ERR_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_begin),
		cmocka_unit_test(test_identity),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
