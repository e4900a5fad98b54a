/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-drop step by step: it starts its program only after every call said yes
 * and no way back was left.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "tests/unit/drop_kernel.h"

#define UID	990
#define GID	991
#define WORDS	8

/* The kernel: what it holds, which of its calls fails, what it was told. */
static struct {
	uid_t uid, file_uid, euid;
	gid_t gid, file_gid;
	mode_t type;
	size_t groups;
	const char *fails;		/* a call of this name */
	const char *back;		/* a way back that is open */
	bool no_range;			/* no close_range */
	char program[128];
	char *argv[WORDS + 1];
	const char *asked;
	unsigned int seconds, kept;
	int closed, signals, defaults;
	bool unmasked, no_core, environment;
} k;

static bool
fails(const char *call)
{
	return k.fails != NULL && strcmp(k.fails, call) == 0;
}

/* Root may do all; others what is left open. */
static int
may(const char *call)
{
	if (k.back != NULL && strcmp(k.back, call) == 0)
		return 0;
	return k.uid == 0 && !fails(call) ? 0 : -1;
}

int
kernel_lstat(const char *path, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	k.asked = path;
	st->st_uid = k.file_uid;
	st->st_gid = k.file_gid;
	st->st_mode = k.type | 0600;
	return fails("lstat") ? -1 : 0;
}

uid_t
kernel_geteuid(void)
{
	return k.euid;
}

int
kernel_setgroups(size_t n, const gid_t *list)
{
	(void)list;
	if (may("setgroups") != 0)
		return -1;
	k.groups = n;
	return 0;
}

int
kernel_setresgid(gid_t r, gid_t e, gid_t s)
{
	if (r != e || e != s || may("setresgid") != 0)
		return -1;
	k.gid = r;
	return 0;
}

int
kernel_setresuid(uid_t r, uid_t e, uid_t s)
{
	if (r != e || e != s || may("setresuid") != 0)
		return -1;
	k.uid = r;
	return 0;
}

int
kernel_setuid(uid_t uid)
{
	return uid == 0 ? may("setuid") : -1;
}

int
kernel_setgid(gid_t gid)
{
	return gid == 0 ? may("setgid") : -1;
}

int
kernel_getresuid(uid_t *r, uid_t *e, uid_t *s)
{
	*r = *e = *s = k.uid;
	if (fails("saved uid"))
		*s = 0;
	return fails("getresuid") ? -1 : 0;
}

int
kernel_getresgid(gid_t *r, gid_t *e, gid_t *s)
{
	*r = *e = *s = k.gid;
	if (fails("saved gid"))
		*s = 0;
	return fails("getresgid") ? -1 : 0;
}

int
kernel_chdir(const char *path)
{
	return fails("chdir") || strcmp(path, "/") != 0 ? -1 : 0;
}

int
kernel_sigaction(int n, const struct sigaction *sa, struct sigaction *old)
{
	(void)n;
	(void)old;
	k.signals++;
	k.defaults += sa->sa_handler == SIG_DFL;
	return 0;
}

int
kernel_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	(void)old;
	k.unmasked = how == SIG_SETMASK && sigismember(set, SIGALRM) == 0;
	return 0;
}

int
kernel_setrlimit(int what, const struct rlimit *l)
{
	k.no_core = what == RLIMIT_CORE && l->rlim_max == 0;
	return 0;
}

mode_t
kernel_umask(mode_t mask)
{
	return mask;
}

long
kernel_syscall(long number, unsigned int first, unsigned int last,
    unsigned int flags)
{
	(void)number;
	(void)last;
	(void)flags;
	if (k.no_range)
		return -1;
	k.kept = first;
	return 0;
}

int
kernel_close(int fd)
{
	if (k.closed == 0)
		k.kept = (unsigned int)fd;
	k.closed++;
	return 0;
}

unsigned int
kernel_alarm(unsigned int seconds)
{
	k.seconds = seconds;
	return 0;
}

int
kernel_execve(const char *path, char *const *argv, char *const *envp)
{
	(void)snprintf(k.program, sizeof(k.program), "%s", path);
	for (size_t i = 0; argv[i] != NULL && i < WORDS; i++)
		k.argv[i] = argv[i];
	k.environment = envp[0] != NULL;
	return -1;
}

static void
reset(void)
{
	memset(&k, 0, sizeof(k));
	k.file_uid = UID;
	k.file_gid = GID;
	k.groups = 7;
	k.type = S_IFREG;
}

static int
run(int argc, const char *a, const char *b, const char *c)
{
	char word[3][16];
	char *argv[] = { (char[]){ "nhi-drop" }, word[0], word[1], word[2],
	    NULL };
	const char *const words[] = { a, b, c };

	for (size_t i = 0; i < 3; i++)
		(void)snprintf(word[i], sizeof(word[i]), "%s", words[i]);
	argv[argc] = NULL;
	return drop_main(argc, argv);
}

static void
test_verify(void **state)
{
	(void)state;
	reset();
	/* It comes back only when the program cannot be started. */
	assert_int_equal(run(3, "verify", "show", ""), NHI_EXIT_FAULT);
	assert_string_equal(k.program, NHI_VERIFY);
	assert_string_equal(k.asked, NHI_ID_VERIFY);
	assert_false(k.environment);
	assert_int_equal(k.uid, UID);
	assert_int_equal(k.gid, GID);
	assert_int_equal(k.groups, 0);
	assert_int_equal(k.kept, 3);
	assert_int_equal(k.seconds, 5);
	assert_true(k.unmasked && k.no_core);
	assert_int_equal(k.signals, 64);
	assert_int_equal(k.defaults, 64);
	assert_null(k.argv[2]);
}

static void
test_descriptor(void **state)
{
	(void)state;
	reset();
	(void)run(4, "fetch", "+3", "x");
	assert_string_equal(k.program, NHI_FETCH);
	assert_string_equal(k.asked, NHI_ID_FETCH);
	assert_int_equal(k.kept, 4);
	assert_null(k.argv[2]);
	reset();
	k.no_range = true;
	(void)run(2, "verify", "", "");
	assert_string_equal(k.program, NHI_VERIFY);
	assert_int_equal(k.kept, 3);
	assert_true(k.closed > 60000);
}

static void
test_usage(void **state)
{
	(void)state;
	reset();
	assert_int_equal(run(1, "", "", ""), NHI_EXIT_USAGE);
	assert_int_equal(run(2, "sh", "", ""), NHI_EXIT_USAGE);
	assert_int_equal(run(2, "verify ", "", ""), NHI_EXIT_USAGE);
	assert_null(k.asked);
	assert_string_equal(k.program, "");
}

static void
refused(void)
{
	assert_int_equal(run(2, "verify", "", ""), NHI_EXIT_FAULT);
	assert_string_equal(k.program, "");
}

static void
test_refused(void **state)
{
	static const char *const calls[] = { "lstat", "setgroups", "setresgid",
		"setresuid", "getresuid", "getresgid", "saved uid",
		"saved gid", "chdir" };
	static const char *const ways[] = { "setuid", "setgid", "setgroups" };

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		reset();
		k.fails = calls[i];
		refused();
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		reset();
		k.back = ways[i];
		refused();
	}
	reset();
	k.type = S_IFLNK;
	refused();
	reset();
	k.file_uid = 0;
	refused();
	reset();
	k.file_gid = 0;
	refused();
	/* No set-uid bit, or one without an effect. */
	reset();
	k.euid = 1000;
	refused();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_descriptor),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_refused),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
