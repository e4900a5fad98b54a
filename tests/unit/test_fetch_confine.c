/* SPDX-License-Identifier: BSD-2-Clause */
/* From inside the fetcher's sandbox: what fails, what kills, what remains. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fetch/confine.h"
#include "fetch/resolver.h"
#include "lib/base/file.h"

static char dir[] = "/tmp/nhi-fetch-XXXXXX";
static char outside[] = "/tmp/nhi-fetch-out-XXXXXX";

/* Of whoever has no time for more. */
static unsigned int deadline = 60;

/* Status of a confined child that does this: its exit code, or -signal. */
static int
run(int (*fn)(void))
{
	const char *const dirs[] = { dir, NULL };
	struct nhi_why why;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		nhi_resolver_load(NHI_RESOLVER_SWITCH);
		if (nhi_fetch_limit(&why) != NHI_OK ||
		    nhi_fetch_deadline(deadline, &why) != NHI_OK ||
		    nhi_fetch_confine(dirs, &why) != NHI_OK)
			_exit(99);
		_exit(fn());
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int
replace(const char *in)
{
	char path[64];
	struct nhi_why why;

	(void)snprintf(path, sizeof(path), "%s/a", in);
	return nhi_file_replace(AT_FDCWD, path, 0644, NHI_SPAN("x"), &why) ==
	    NHI_OK ? 0 : 1;
}

static int
write_inside(void)
{
	return replace(dir);
}

static int
write_outside(void)
{
	return replace(outside);
}

static int
remove_outside(void)
{
	return rmdir(outside) == 0 ? 0 : 1;
}

static int
execute(void)
{
	char *const argv[] = { (char []){ "true" }, NULL };

	(void)execve("/bin/true", argv, argv + 1);
	return 1;
}

static int
new_process(void)
{
	return fork() >= 0 ? 0 : 1;
}

static int
signal_parent(void)
{
	return kill(getppid(), 0) == 0 ? 0 : 1;
}

static int
trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 1;
}

static int
other_user(void)
{
	return setuid(65534) == 0 ? 0 : 1;
}

static int
serve(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return listen(fd, 1) == 0 ? 0 : 1;
}

static int
raw_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != ENOSYS ? 0 : 1;
}

static int
fresh_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		return 0;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : 1;
}

/* What it wrote itself; and what somebody else did. */
static int
code_of_file(const char *path)
{
	NHI_AUTO(nhi_fd_close) int fd = open(path, O_RDONLY);
	void *p;

	if (fd < 0 || mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd,
	    0) == MAP_FAILED)
		return 0;
	p = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (p != MAP_FAILED || errno != ENOSYS)
		return 0;
	p = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	return mprotect(p, 1, PROT_READ | PROT_EXEC) == 0 ? 0 : 1;
}

static int
own_code(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/a", dir);
	return replace(dir) != 0 ? 2 : code_of_file(path);
}

static int
code(void)
{
	return code_of_file("/proc/self/exe");
}

/* Whoever has taken us over would stay, and does not listen to signals. */
static int
stay(void)
{
	sigset_t all;
	const struct timespec step = { 1, 0 };

	(void)signal(SIGALRM, SIG_IGN);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	for (int i = 0; i < 10; i++)
		(void)nanosleep(&step, NULL);
	return 0;
}

static void *
nothing(void *arg)
{
	return arg;
}

/* None of them was loaded before: the parent looks nothing up. */
static int
loaded(void)
{
	return dlopen("libnss_files.so.2", RTLD_NOW | RTLD_NOLOAD) != NULL &&
	    dlopen("libnss_dns.so.2", RTLD_NOW | RTLD_NOLOAD) != NULL ? 0 : 1;
}

/* What libcurl does: a thread, a lookup of a name, a socket. */
static int
as_a_client(void)
{
	struct addrinfo *list = NULL;
	pthread_t thread;

	if (pthread_create(&thread, NULL, nothing, NULL) != 0 ||
	    pthread_join(thread, NULL) != 0)
		return 1;
	if (getaddrinfo("localhost", "443", NULL, &list) != 0)
		return 2;
	freeaddrinfo(list);
	return socket(AF_INET6, SOCK_STREAM, 0) >= 0 ||
	    errno == EAFNOSUPPORT ? 0 : 3;
}

static void
test_remains(void **state)
{
	(void)state;
	assert_int_equal(run(write_inside), 0);
	assert_int_equal(run(loaded), 0);
	assert_int_equal(run(as_a_client), 0);
}

static void
test_fails(void **state)
{
	(void)state;
	assert_int_equal(run(raw_socket), 1);
	assert_int_equal(run(fresh_code), 1);
	assert_int_equal(run(own_code), 1);
	assert_int_equal(run(code), 1);
}

static void
test_kills(void **state)
{
	(void)state;
	assert_int_equal(run(execute), -SIGSYS);
	assert_int_equal(run(signal_parent), -SIGSYS);
	assert_int_equal(run(trace), -SIGSYS);
	assert_int_equal(run(other_user), -SIGSYS);
	assert_int_equal(run(serve), -SIGSYS);
	assert_int_not_equal(run(new_process), 0);
}

/* As x32 has it, where that is another gate; elsewhere there is none. */
#ifdef __x86_64__
#define OTHER_GATE	0x40000000L
#else
#define OTHER_GATE	0L
#endif

static void *
by_other_gate(void *arg)
{
	(void)syscall(OTHER_GATE | SYS_getpid);
	return arg;
}

/* As the resolver's: it does not die alone. */
static int
thread_by_other_gate(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, by_other_gate, NULL) != 0)
		return 2;
	(void)pthread_join(thread, NULL);
	return 1;
}

static void
test_other_gate(void **state)
{
	(void)state;
	if (OTHER_GATE == 0)
		skip();
	assert_int_equal(run(thread_by_other_gate), -SIGSYS);
}

/* Neither heard nor put off: the calls for that are not there. */
static int
put_off(void)
{
	return syscall(SYS_timer_settime, 0, 0, NULL, NULL) == 0 ||
	    errno != ENOSYS || syscall(SYS_timer_delete, 0) == 0 ||
	    errno != ENOSYS ? 0 : 1;
}

static void
test_deadline(void **state)
{
	(void)state;
	assert_int_equal(run(put_off), 1);
	deadline = 1;
	assert_int_equal(run(stay), -SIGKILL);
	deadline = 60;
}

/* Where the kernel has it: 444 is landlock_create_ruleset everywhere. */
static void
test_outside(void **state)
{
	(void)state;
	if (syscall(444, NULL, 0, 1) < 1)
		skip();
	assert_int_equal(run(write_outside), 1);
	assert_int_equal(run(remove_outside), 1);
}

static int
make_dirs(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL || mkdtemp(outside) == NULL;
}

static int
remove_dirs(void **state)
{
	char path[64];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	(void)unlink(path);
	(void)rmdir(dir);
	(void)rmdir(outside);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remains),
		cmocka_unit_test(test_fails),
		cmocka_unit_test(test_kills),
		cmocka_unit_test(test_other_gate),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_outside),
	};

	return cmocka_run_group_tests(tests, make_dirs, remove_dirs);
}
