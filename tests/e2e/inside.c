/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system call from inside a program of ours that has confined itself: what
 * whoever took it over by its input could do.
 *	inside WORD... -- CALL [ARGUMENT...] [+ CALL [ARGUMENT...]]...
 * starts nhi-drop with these words, waits until the program has its filter
 * and sleeps in a call, and has it make these instead, as a debugger of
 * root's would.  CALL is a name or a number, or i386:NUMBER for a call by the
 * gate of 32 bits; an argument is a number, =TEXT, a pointer to that text,
 * unix:PATH, a pointer to the address of that socket, or @, what the call
 * before gave.  Prints "killed by SIGNAL", "refused: REASON" or "done" for the
 * last one, which is the first that fails.  Exit 0, 2, or 3 where this
 * machine's registers are not known.
 */
#include "config.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/paths.h"

#define ARGS	6
#define ROOM	4096	/* below the stack, for texts */

union bytes {
	char text[256];
	struct sockaddr_un address;
};

struct call {
	long before;			/* what the last one gave */
	long number;
	int i386;
	unsigned long at;		/* of the instruction for i386 */
	unsigned long args[ARGS];
};

#if defined(__x86_64__)
#define KNOWN	1
typedef struct user_regs_struct registers;

/*
 * Where the program began, and no thread comes by again: what stands there
 * may be overwritten.
 */
static unsigned long
entry(pid_t pid)
{
	unsigned long pair[2] = { AT_NULL, 0 };
	char path[64];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while (fread(pair, sizeof(pair), 1, f) == 1 && pair[0] != AT_ENTRY)
		continue;
	(void)fclose(f);
	return pair[0] == AT_ENTRY ? pair[1] : 0;
}

static unsigned long
stack(const registers *r)
{
	return r->rsp;
}

static void
set(registers *r, const struct call *c)
{
	/* It sleeps behind the instruction that made the call. */
	r->rip = c->i386 ? c->at : r->rip - 2;
	r->orig_rax = (unsigned long)-1;
	r->rax = (unsigned long)c->number;
	r->rdi = c->args[0];
	r->rsi = c->args[1];
	r->rdx = c->args[2];
	r->r10 = c->args[3];
	r->r8 = c->args[4];
	r->r9 = c->args[5];
}

static long
result(const registers *r)
{
	return (long)r->rax;
}
#else
#define KNOWN	0
typedef struct { unsigned long none; } registers;

static unsigned long
stack(const registers *r)
{
	return r->none;
}

static unsigned long
entry(pid_t pid)
{
	return (unsigned long)pid;
}

static void
set(registers *r, const struct call *c)
{
	r->none = (unsigned long)c->number;
}

static long
result(const registers *r)
{
	return (long)r->none;
}
#endif

static const struct {
	const char *name;
	long number;
} names[] = {
	{ "read", SYS_read }, { "write", SYS_write },
	{ "openat", SYS_openat }, { "socket", SYS_socket },
	{ "connect", SYS_connect }, { "bind", SYS_bind },
	{ "listen", SYS_listen }, { "sendto", SYS_sendto },
	{ "sendmsg", SYS_sendmsg }, { "recvmsg", SYS_recvmsg },
	{ "execve", SYS_execve }, { "execveat", SYS_execveat },
	{ "clone", SYS_clone }, { "ptrace", SYS_ptrace },
	{ "process_vm_readv", SYS_process_vm_readv },
	{ "process_vm_writev", SYS_process_vm_writev },
	{ "kill", SYS_kill }, { "tgkill", SYS_tgkill },
	{ "mmap", SYS_mmap }, { "mprotect", SYS_mprotect },
	{ "getpid", SYS_getpid }, { "setuid", SYS_setuid },
	{ "setresuid", SYS_setresuid }, { "setgroups", SYS_setgroups },
	{ "capset", SYS_capset }, { "prctl", SYS_prctl },
	{ "seccomp", SYS_seccomp }, { "setrlimit", SYS_prlimit64 },
	{ "setitimer", SYS_setitimer }, { "bpf", SYS_bpf },
	{ "rt_sigaction", SYS_rt_sigaction },
	{ "rt_sigprocmask", SYS_rt_sigprocmask },
	{ "unshare", SYS_unshare }, { "mount", SYS_mount },
	{ "chroot", SYS_chroot }, { "keyctl", SYS_keyctl },
	{ "ioctl", SYS_ioctl }, { "fchmodat", SYS_fchmodat },
	{ "unlinkat", SYS_unlinkat }, { "symlinkat", SYS_symlinkat },
	{ "renameat", SYS_renameat }, { "linkat", SYS_linkat },
	{ "mkdirat", SYS_mkdirat }, { "mknodat", SYS_mknodat },
	{ "memfd_create", SYS_memfd_create },
	{ "getdents64", SYS_getdents64 }, { "dup", SYS_dup },
	{ "userfaultfd", SYS_userfaultfd },
	{ "timer_settime", SYS_timer_settime },
	{ "timer_delete", SYS_timer_delete },
	{ "perf_event_open", SYS_perf_event_open },
	/* End of the names */
};

static long
number_of(const char *s)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(s, names[i].name) == 0)
			return names[i].number;
	return s[0] >= '0' && s[0] <= '9' ? (long)strtoll(s, NULL, 0) : -1;
}

/* A file of /proc/PID holds this text. */
static int
proc_has(pid_t pid, const char *file, const char *text)
{
	char path[64], all[4096];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	n = fread(all, 1, sizeof(all) - 1, f);
	(void)fclose(f);
	all[n] = '\0';
	return strstr(all, text) != NULL;
}

static int
wait_confined(pid_t pid)
{
	const struct timespec step = { 0, 1000000 };

	for (int i = 0; i < 5000; i++) {
		if (proc_has(pid, "status", "\nSeccomp:\t2") &&
		    proc_has(pid, "stat", ") S "))
			return 0;
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return -1;
		(void)nanosleep(&step, NULL);
	}
	return -1;
}

/* Its input stays open and empty. */
static pid_t
start(char **words)
{
	static char drop[] = NHI_DROP;
	int in[2], out[2];
	pid_t pid;

	words[0] = drop;
	if (pipe(in) != 0 || pipe(out) != 0)
		return -1;
	if ((pid = fork()) == 0) {
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
			_exit(2);
		(void)close(in[1]);
		(void)execv(drop, words);
		_exit(2);
	}
	(void)close(in[0]);
	return pid;
}

static int
put(pid_t pid, unsigned long at, const void *bytes, size_t n)
{
	char path[64];
	FILE *f;
	size_t done;

	/* Also where nobody may write. */
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	if ((f = fopen(path, "r+")) == NULL)
		return -1;
	(void)setvbuf(f, NULL, _IONBF, 0);
	done = fseek(f, (long)at, SEEK_SET) == 0 ? fwrite(bytes, 1, n, f) : 0;
	return fclose(f) == 0 && done == n ? 0 : -1;
}

/* An argument's bytes; its length, or 0 where it is a number. */
static size_t
bytes_of(const char *arg, union bytes *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (arg[0] == '=') {
		(void)snprintf(ret->text, sizeof(ret->text), "%s", arg + 1);
		return strlen(ret->text) + 1;
	}
	if (strncmp(arg, "unix:", 5) != 0)
		return 0;
	ret->address.sun_family = AF_UNIX;
	(void)snprintf(ret->address.sun_path, sizeof(ret->address.sun_path),
	    "%s", arg + 5);
	return sizeof(ret->address);
}

static int
place(pid_t pid, const registers *r, char **argv, struct call *c)
{
	unsigned long at = (stack(r) - ROOM) & ~15UL;
	union bytes bytes;

	for (size_t i = 0; i < ARGS && argv[i] != NULL; i++) {
		size_t n = bytes_of(argv[i], &bytes);

		if (n == 0) {
			c->args[i] = strcmp(argv[i], "@") == 0 ?
			    (unsigned long)c->before :
			    (unsigned long)strtoll(argv[i], NULL, 0);
			continue;
		}
		if (put(pid, at, &bytes, n) != 0)
			return -1;
		c->args[i] = at;
		at += (n + 15) & ~15UL;
	}
	return 0;
}

static int
stop(pid_t pid, registers *r, int *status)
{
	struct iovec io = { r, sizeof(*r) };

	return ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0 &&
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 &&
	    waitpid(pid, status, 0) == pid && WIFSTOPPED(*status) &&
	    ptrace(PTRACE_GETREGSET, pid, (void *)1, &io) == 0 ? 0 : -1;
}

/* Each from where it slept, asleep is that of the first. */
static int
make_call(pid_t pid, const registers *asleep, char **argv, struct call *c)
{
	static const unsigned char int80[] = { 0xcd, 0x80 };
	registers r = *asleep;
	struct iovec io = { &r, sizeof(r) };
	int status;

	memset(c->args, 0, sizeof(c->args));
	c->i386 = strncmp(argv[0], "i386:", 5) == 0;
	c->number = number_of(argv[0] + (c->i386 ? 5 : 0));
	if (c->number < 0 || place(pid, &r, argv + 1, c) != 0 ||
	    (c->i386 && ((c->at = entry(pid)) == 0 ||
	    put(pid, c->at, int80, sizeof(int80)) != 0)))
		return -1;
	set(&r, c);
	if (ptrace(PTRACE_SETREGSET, pid, (void *)1, &io) != 0 ||
	    ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0 ||
	    waitpid(pid, &status, 0) != pid)
		return -1;
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	if (!WIFSTOPPED(status) ||
	    ptrace(PTRACE_GETREGSET, pid, (void *)1, &io) != 0)
		return -1;
	c->before = result(&r);
	return 0;
}

static int
tell(pid_t pid, int sig, long got)
{
	if (sig > 0)
		return printf("killed by %s\n", strsignal(sig));
	/* Gone before the next one asks for the lock that it held. */
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	if (got >= -4095 && got < 0)
		return printf("refused: %s\n", strerror((int)-got));
	return printf("done\n");
}

/* The next of the calls, after a "+" that is taken away. */
static char **
next_call(char **argv)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, "+") == 0) {
			*argv = NULL;
			return argv + 1;
		}
	return argv;
}

static int
make_calls(pid_t pid, char **argv)
{
	struct call c = { .before = 0 };
	registers asleep;
	int status = 0;
	char **next;

	if (stop(pid, &asleep, &status) != 0)
		return -1;
	do {
		next = next_call(argv);
		if ((status = make_call(pid, &asleep, argv, &c)) < 0)
			return -1;
		argv = next;
	} while (status == 0 && *argv != NULL &&
	    !(c.before >= -4095 && c.before < 0));
	return tell(pid, status, c.before);
}

int
main(int argc, char *argv[])
{
	int at = 1;
	pid_t pid;

	if (!KNOWN)
		return 3;
	while (at < argc && strcmp(argv[at], "--") != 0)
		at++;
	if (at + 1 >= argc)
		return 2;
	argv[at] = NULL;
	(void)alarm(20);
	if ((pid = start(argv)) < 0 || wait_confined(pid) != 0)
		return 2;
	return make_calls(pid, argv + at + 1) > 0 ? 0 : 2;
}
