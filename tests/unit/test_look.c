/* SPDX-License-Identifier: BSD-2-Clause */
/* A look during which something was started is not believed. */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/look.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_started),
		/* End of tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
