/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs are run by path, with our environment, and their end is told. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "nhictl/proc.h"

static void
run(const char *script, struct nhi_proc *p)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };

	p->argv = argv;
	assert_int_equal(nhi_proc_run(p, NULL), NHI_OK);
	p->argv = NULL;
}

static void
streams(void **state)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(NULL);

	(void)state;
	p.input = NHI_SPAN("in\n");
	run("cat; echo err >&2; exit 3", &p);
	assert_int_equal(p.status, 3);
	assert_string_equal(nhi_buf_text(&p.out), "in\n");
	assert_string_equal(nhi_buf_text(&p.err), "err\n");
}

static void
killed(void **state)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(NULL);

	(void)state;
	run("kill -9 $$", &p);
	assert_int_equal(p.status, 128 + 9);
}

/* Nothing of the caller's environment or directory. */
static void
surroundings(void **state)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(NULL);

	(void)state;
	assert_int_equal(setenv("LD_LIBRARY_PATH", "/nowhere", 1), 0);
	run("echo $PATH $LC_ALL $HOME $LD_LIBRARY_PATH; pwd", &p);
	assert_int_equal(unsetenv("LD_LIBRARY_PATH"), 0);
	assert_string_equal(nhi_buf_text(&p.out),
	    "/usr/sbin:/usr/bin:/sbin:/bin C /\n/\n");
}

/* We block SIGCHLD while we wait; a program that inherits that may hang. */
static void
signals(void **state)
{
	char grep[NHI_PROC_PATH];
	const char *const argv[] = { grep, "SigBlk", "/proc/self/status",
	    NULL };
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(argv);

	(void)state;
	assert_true(nhi_proc_find("grep", grep));
	assert_int_equal(nhi_proc_run(&p, NULL), NHI_OK);
	assert_string_equal(nhi_buf_text(&p.out),
	    "SigBlk:\t0000000000000000\n");
}

/* Who ignores SIGCHLD never hears of a child's end, nor how it ended. */
static void
ignored(void **state)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(NULL);
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old, now;

	(void)state;
	assert_int_equal(sigaction(SIGCHLD, &ignore, &old), 0);
	run("sleep 0.1; exit 3", &p);
	assert_int_equal(sigaction(SIGCHLD, &old, &now), 0);
	assert_int_equal(p.status, 3);
	assert_true(now.sa_handler == SIG_IGN);
}

/* What it leaves running does not hold us up. */
static void
daemon_left(void **state)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(NULL);

	(void)state;
	run("sleep 5 & echo started", &p);
	assert_string_equal(nhi_buf_text(&p.out), "started\n");
}

static void
must(void **state)
{
	const char *const good[] = { "/bin/sh", "-c", "true", NULL };
	const char *const bad[] = { "/bin/sh", "-c",
	    "echo first; echo second; echo; exit 4", NULL };
	const char *const none[] = { "/nonexistent/program", NULL };
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_proc_must(good, &why), NHI_OK);
	assert_int_equal(nhi_proc_must(bad, &why), NHI_ERR_STATE);
	assert_string_equal(why.text, "/bin/sh: exit 4: second");
	assert_int_equal(nhi_proc_must(none, &why), NHI_ERR_STATE);
}

static void
find(void **state)
{
	char path[NHI_PROC_PATH];

	(void)state;
	assert_true(nhi_proc_find("sh", path));
	assert_int_equal(path[0], '/');
	assert_false(nhi_proc_find("no-such-program-here", path));
	assert_false(nhi_proc_find("../bin", path));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams),
		cmocka_unit_test(killed),
		cmocka_unit_test(surroundings),
		cmocka_unit_test(signals),
		cmocka_unit_test(ignored),
		cmocka_unit_test(daemon_left),
		cmocka_unit_test(must),
		cmocka_unit_test(find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
