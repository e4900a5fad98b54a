/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: one call fails, or is the last one.  From the environment:
 *	FAULT_AT	the number of the call, from 1; none: nothing happens;
 *			0: none fails, FAULT_OUT gets a line for each, which
 *			is the same for those that came the same way
 *	FAULT_CALLS	what is counted: alloc, sys (all that can fail), state
 *			(what changes the disk), write
 *	FAULT_WITH	a number for errno; "kill": SIGKILL before the call;
 *			"tear": the same after half of a write; "short": reads
 *			and writes do less than they were asked
 *	FAULT_FROM	a part of the path of the object that calls; none: any
 *	FAULT_OUT	a file that gets the name of the call, and where the
 *			program crashed, if it did
 * A child counts nothing, and programs that are started neither.  With
 * FAULT_WAIT nothing is counted before fault_arm(1) is called.
 */
#include "config.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALLOC = 1, SYS = 2, STATE = 4, WRITE = 8 };
enum with { ERROR, KILL, TEAR, SHORT };

#define DEEP	4		/* more calls than that are libc's own affair */
#define WAY	5		/* callers that tell one way from another */

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
void fault_arm(int);

static struct {
	unsigned long at, n;
	unsigned int calls;
	enum with with;
	int error;
	const char *from, *out;
	pid_t pid;
	bool armed;
	bool list, listing;
} fault;

static const char *
take(const char *name)
{
	char *value = getenv(name);
	char *copy = value == NULL ? NULL : __libc_malloc(strlen(value) + 1);

	if (copy != NULL)
		memcpy(copy, value, strlen(value) + 1);
	(void)unsetenv(name);
	return copy;
}

static bool
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

static void
put(const char *text)
{
	long fd = syscall(SYS_openat, AT_FDCWD, fault.out, O_WRONLY | O_CREAT |
	    O_APPEND, 0666);

	if (fd >= 0) {
		(void)syscall(SYS_write, fd, text, strlen(text));
		(void)syscall(SYS_close, fd);
	}
}

/* The last part of the path of the object that holds it. */
static const char *
object(const void *code)
{
	Dl_info info;
	const char *base;

	if (dladdr(code, &info) == 0 || info.dli_fname == NULL)
		return "?";
	base = strrchr(info.dli_fname, '/');
	return base == NULL ? info.dli_fname : base + 1;
}

/*
 * The first object below this one that is not libc, which was asked; libc
 * itself where that is many calls deep in it (its name service).
 */
static void
crashed(int sig)
{
	void *frames[16];
	const char *name = "?";
	int n = backtrace(frames, 16);

	for (int i = 1; i < n; i++) {
		name = object(frames[i]);
		if (i > DEEP && sig == SIGSEGV)
			break;
		if (strncmp(name, "libc.", 5) != 0 &&
		    strncmp(name, "inject.", 7) != 0)
			break;
	}
	put(", crashed in ");
	put(name);
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

__attribute__((constructor)) static void
begin(void)
{
	const char *at = take("FAULT_AT"), *calls = take("FAULT_CALLS");
	const char *with = take("FAULT_WITH"), *wait = take("FAULT_WAIT");

	fault.from = take("FAULT_FROM");
	fault.out = take("FAULT_OUT");
	if (at == NULL || with == NULL || calls == NULL)
		return;
	fault.at = strtoul(at, NULL, 10);
	fault.calls = is(calls, "alloc") ? ALLOC : is(calls, "sys") ? SYS :
	    is(calls, "write") ? WRITE : STATE;
	fault.with = is(with, "kill") ? KILL : is(with, "tear") ? TEAR :
	    is(with, "short") ? SHORT : ERROR;
	fault.error = (int)strtoul(with, NULL, 10);
	fault.pid = getpid();
	fault.list = fault.at == 0;
	if (fault.out != NULL && (fault.calls == ALLOC || fault.list)) {
		void *frame;

		/* Once before, for it loads what it needs. */
		(void)backtrace(&frame, 1);
	}
	if (fault.out != NULL && fault.calls == ALLOC) {
		(void)signal(SIGSEGV, crashed);
		(void)signal(SIGABRT, crashed);
	}
	fault.armed = wait == NULL;
}

void
fault_arm(int on)
{
	fault.armed = on != 0 && (fault.at != 0 || fault.list);
}

static bool
comes_from(const void *caller)
{
	Dl_info info;

	return fault.from == NULL || (dladdr(caller, &info) != 0 &&
	    info.dli_fname != NULL && strstr(info.dli_fname, fault.from) !=
	    NULL);
}

static void
tell(const char *call, const void *caller)
{
	if (fault.out == NULL)
		return;
	put(call);
	put(" of ");
	put(object(caller));
}

static void
die(void)
{
	(void)syscall(SYS_kill, getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

/* The way that this call came: a number of the callers' addresses. */
static void
list(const char *name)
{
	unsigned long way = 5381;
	void *frames[WAY];
	char text[128];
	int n;

	if (fault.listing)
		return;
	fault.listing = true;
	n = backtrace(frames, WAY);
	for (int i = 2; i < n; i++)
		way = way * 33 ^ (uintptr_t)frames[i];
	(void)snprintf(text, sizeof(text), "%lx %s\n", way, name);
	put(text);
	fault.listing = false;
}

/* Is it this one? */
static bool
hit(unsigned int kind, const char *name, const void *caller)
{
	if (!fault.armed || (kind & fault.calls) == 0 || fault.listing ||
	    (fault.n >= fault.at && !fault.list) || !comes_from(caller) ||
	    getpid() != fault.pid)
		return false;
	if (fault.list)
		list(name);
	if (fault.list || ++fault.n != fault.at)
		return false;
	tell(name, caller);
	if (fault.with == KILL)
		die();
	errno = fault.calls == ALLOC ? ENOMEM : fault.error;
	return true;
}

#define CALLER __builtin_return_address(0)

static void *
real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* A wrapper: type, name, parameters, arguments, kind, what failure returns. */
#define WRAP(type, name, params, args, kind, bad)			\
	type name params;						\
	type								\
	name params							\
	{								\
		static type (*next) params;				\
		if (next == NULL) {					\
			union { void *p; type (*f) params; } cast =	\
			    { .p = real(#name) };			\
			next = cast.f;					\
		}							\
		if (hit(kind, #name, CALLER) && fault.with == ERROR)	\
			return bad;					\
		return next args;					\
	}

#include "tests/fault/calls.inc"

/* Less than all: half of it. */
static size_t
less(size_t n)
{
	return n > 1 ? n / 2 : n;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	ssize_t r;

	if (!hit(SYS | STATE | WRITE, "write", CALLER))
		return syscall(SYS_write, fd, p, n);
	if (fault.with == ERROR)
		return -1;
	r = syscall(SYS_write, fd, p, less(n));
	if (fault.with == TEAR)
		die();
	return r;
}

ssize_t
read(int fd, void *p, size_t n)
{
	if (!hit(SYS, "read", CALLER))
		return syscall(SYS_read, fd, p, n);
	return fault.with == ERROR ? -1 : syscall(SYS_read, fd, p, 1);
}

void *
malloc(size_t n)
{
	return hit(ALLOC, "malloc", CALLER) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return hit(ALLOC, "calloc", CALLER) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return hit(ALLOC, "realloc", CALLER) ? NULL : __libc_realloc(p, n);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	if (hit(SYS, "open", CALLER) && fault.with == ERROR)
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	if (hit((flags & O_CREAT) != 0 ? SYS | STATE : SYS, "openat",
	    CALLER) && fault.with == ERROR)
		return -1;
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}
