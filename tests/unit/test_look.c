/* SPDX-License-Identifier: BSD-2-Clause */
/* A look during which something was started is not believed. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/look.h"
#include "lib/base/process.h"

#define TRIES	1000		/* others start something, too */

static bool starts;

/* One that comes and goes between the first entry and the next. */
static void
pass_by(void)
{
	pid_t pid;

	if (!starts)
		return;
	starts = false;
	if ((pid = fork()) == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

struct dirent	*__real_readdir(DIR *);
struct dirent	*__wrap_readdir(DIR *);

struct dirent *
__wrap_readdir(DIR *dp)
{
	pass_by();
	return __real_readdir(dp);
}

static struct nhi_look
look(void)
{
	struct nhi_look l = { .uid = 2000300199, .audit_session = 4000000000 };

	(void)nhi_look(&l);
	assert_false(l.blind);
	assert_int_equal(l.found, 0);
	return l;
}

static bool
is_told(void)
{
	return access("/proc/sys/kernel/ns_last_pid", R_OK) == 0;
}

static void
test_quiet(void **state)
{
	unsigned int i = 0;

	(void)state;
	if (!is_told())
		skip();
	while (i < TRIES && !look().quiet)
		i++;
	assert_int_not_equal(i, TRIES);
}

static void
test_started(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		starts = true;
		assert_false(look().quiet);
		assert_false(starts);
	}
}

/* The groups stand before what tells a zombie. */
static void
test_groups(void **state)
{
	char path[32], text[NHI_PROCESS_STATUS];
	int fd = memfd_create("status", MFD_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_true(dprintf(fd, "Name:\tx\nState:\tZ (zombie)\nGroups:\t") > 0);
	for (unsigned int i = 0; i < 500; i++)
		assert_true(dprintf(fd, "%u ", 4000000000U + i) > 0);
	for (unsigned int i = 0; i < 4 * 33; i++)
		assert_true(dprintf(fd, "\t%u", 4000000000U + i) > 0);
	assert_true(dprintf(fd, "\nThreads:\t1\nShdPnd:\t"
	    "0000000000000100\n") > 0);
	assert_true(nhi_process_read(AT_FDCWD, path, text, sizeof(text)));
	assert_true(nhi_process_is_over(text));
	assert_true(nhi_process_is_dying(text));
	assert_int_equal(close(fd), 0);
}

/* Who runs no more of his own code, by what his status has. */
static void
test_dying(void **state)
{
#define NONE	"\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n"
#define MEMORY	"\nVmSize:\t    1000 kB"
	static const struct {
		const char *status;
		bool dying;
	} cases[] = {
		{ "\nState:\tR" MEMORY "\nThreads:\t1" NONE, false },
		{ "\nState:\tS" MEMORY "\nThreads:\t1" NONE, false },
		{ "\nState:\tS" MEMORY "\nThreads:\t1\nSigPnd:\t"
		    "0000000000000000\nShdPnd:\t0000000000000100\n", true },
		{ "\nState:\tS" MEMORY "\nThreads:\t1\nSigPnd:\t"
		    "0000000000000100\nShdPnd:\t0000000000000000\n", true },
		/* SIGTERM may be caught. */
		{ "\nState:\tS" MEMORY "\nThreads:\t1\nSigPnd:\t"
		    "0000000000004000\nShdPnd:\t0000000000004000\n", false },
		/* On its way out, in whatever state. */
		{ "\nState:\tR\nThreads:\t1" NONE, true },
		{ "\nState:\tS\nThreads:\t1" NONE, true },
		{ "\nState:\tD\nThreads:\t1" NONE, true },
		/* Its first thread has ended, the others run. */
		{ "\nState:\tZ\nThreads:\t2" NONE, false },
		{ "\nState:\tR\nThreads:\t2" NONE, false },
		{ "\nState:\tR\nThreads:\t11" NONE, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (nhi_process_is_dying(cases[i].status) != cases[i].dying)
			fail_msg("case %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_started),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_dying),
		/* End of tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
