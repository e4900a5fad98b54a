/* SPDX-License-Identifier: BSD-2-Clause */
/* Only what is meant is ended; and whether a session's process lives. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/reap.h"
#include "lib/base/session.h"

#define PIDFD_OPEN	434		/* on every architecture */
#define UID	2000300123
#define OTHER	2000300124

/*
 * A child that waits, in an audit session of its own (shared: in ours), under
 * the uid.  Its audit session comes back; UINT32_MAX: the kernel has none.
 */
static pid_t
start(uid_t uid, bool deaf, uint32_t *ret_session)
{
	int ready[2];
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	if ((pid = fork()) == 0) {
		int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
		char text[16];
		uint32_t session;

		(void)snprintf(text, sizeof(text), "%lu", (unsigned long)UID);
		if (fd >= 0)
			(void)!write(fd, text, strlen(text));
		session = nhi_stamp_audit_session();
		if (deaf)
			(void)signal(SIGTERM, SIG_IGN);
		if (uid != 0 && setresuid(uid, uid, uid) != 0)
			_exit(1);
		(void)!write(ready[1], &session, sizeof(session));
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], ret_session, sizeof(*ret_session)),
	    sizeof(*ret_session));
	(void)close(ready[0]);
	return pid;
}

/* The signal that ended it; 0: it lives. */
static int
ended(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, WNOHANG) != pid)
		return 0;
	return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

static void
stop(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* How many there were; all went, or -1. */
static int
reap(uint32_t uid, uint32_t session)
{
	const struct nhi_chase c = { .uid = uid, .audit_session = session,
	    .stopped = "/nonexistent", .ms = NHI_REAP_MS };
	unsigned int found;

	return nhi_reap_session(&c, &found) ? (int)found : -1;
}

static void
test_session(void **state)
{
	uint32_t session, second;
	pid_t pid, other, root;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = start(UID, false, &session);
	other = start(UID, false, &second);
	if (session == UINT32_MAX || session == second) {
		stop(pid);
		stop(other);
		skip();
	}
	assert_int_equal(reap(UID, UINT32_MAX), 0);
	assert_int_equal(reap(UID, 0), 0);
	assert_int_equal(reap(OTHER, session), 0);
	assert_int_equal(reap(0, session), 0);
	assert_int_equal(ended(pid), 0);
	assert_int_equal(reap(UID, session), 1);
	assert_int_equal(ended(pid), SIGTERM);
	assert_int_equal(ended(other), 0);
	stop(other);
	/* What sudo started has the session, and is root's. */
	root = start(0, false, &session);
	assert_int_equal(reap(UID, session), 0);
	assert_int_equal(ended(root), 0);
	stop(root);
	pid = start(UID, true, &session);
	assert_int_equal(reap(UID, session), 1);
	assert_int_equal(ended(pid), SIGKILL);
}

static void
test_process(void **state)
{
	uint64_t ticks;
	uint32_t session;
	pid_t pid = start(0, false, &session);

	(void)state;
	assert_int_equal(nhi_stamp_process(pid, &ticks, NULL), NHI_OK);
	assert_false(nhi_reap_process(pid, ticks + 1, SIGTERM));
	assert_false(nhi_reap_process(1, 0, SIGTERM));
	assert_false(nhi_reap_process(-1, ticks, SIGTERM));
	assert_int_equal(ended(pid), 0);
	assert_true(nhi_reap_process(pid, ticks, SIGTERM));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(nhi_reap_process(pid, ticks, SIGTERM));
}

/* Kernels before 5.3, and the sandboxes of containers. */
static int
without_pidfd(pid_t pid, uint64_t ticks, int err)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PIDFD_OPEN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO |
		    (unsigned int)err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) != 0 ||
	    syscall(PIDFD_OPEN, getpid(), 0) != -1 || errno != err)
		return 2;
	return !nhi_reap_process(pid, ticks + 1, SIGTERM) &&
	    kill(pid, 0) == 0 && nhi_reap_process(pid, ticks, SIGTERM) ? 0 : 1;
}

static void
test_without_pidfd(void **state)
{
	static const int errors[] = { ENOSYS, EPERM };

	(void)state;
	if (getenv("NHI_VALGRIND") != NULL)
		skip();		/* it asks for itself what we forbid */
	for (size_t i = 0; i < 2; i++) {
		uint32_t session;
		pid_t pid = start(0, false, &session), child;
		uint64_t ticks;
		int status;

		assert_int_equal(nhi_stamp_process(pid, &ticks, NULL), NHI_OK);
		if ((child = fork()) == 0)
			_exit(without_pidfd(pid, ticks, errors[i]));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
	}
}

static void
test_alive(void **state)
{
	struct nhi_session s = { .pid = getpid() };

	(void)state;
	assert_int_equal(nhi_stamp_boot(s.start.boot, NULL), NHI_OK);
	assert_int_equal(nhi_stamp_process(s.pid, &s.start.ticks, NULL),
	    NHI_OK);
	assert_true(nhi_session_alive(&s));
	s.start.ticks++;
	assert_false(nhi_session_alive(&s));
	s.start.ticks--;
	s.start.boot[0] ^= 1;
	assert_false(nhi_session_alive(&s));
	s.start.boot[0] ^= 1;
	s.pid = 1 << 22;
	assert_int_equal(nhi_session_alive(&s), 0);
	s.pid = -1;
	assert_int_equal(nhi_session_alive(&s), 0);
}

/* Who has no descriptor left must not take the living for dead. */
static void
test_cannot_tell(void **state)
{
	struct nhi_session s = { .pid = getpid() };
	struct rlimit old, none;

	(void)state;
	assert_int_equal(nhi_stamp_boot(s.start.boot, NULL), NHI_OK);
	assert_int_equal(nhi_stamp_process(s.pid, &s.start.ticks, NULL),
	    NHI_OK);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(nhi_session_alive(&s), -1);
	assert_int_equal(nhi_stamp_alive(s.pid, s.start.ticks), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(nhi_stamp_alive(s.pid, s.start.ticks), 1);
	assert_int_equal(nhi_stamp_alive(s.pid, s.start.ticks + 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_without_pidfd),
		cmocka_unit_test(test_alive),
		cmocka_unit_test(test_cannot_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
