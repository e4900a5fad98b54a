/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/stamp.h"

#define BOOT	"03c664cb-baf5-4b76-8e0a-e245f02de86d"
#define OTHER	"13c664cb-baf5-4b76-8e0a-e245f02de86d"

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ BOOT ":0", true },
		{ BOOT ":18446744073709551615", true },
		{ BOOT ":18446744073709551616", false },
		{ BOOT ":", false },
		{ BOOT, false },
		{ BOOT ":01", false },
		{ BOOT ":1 ", false },
		{ BOOT ":1:", false },
		{ BOOT ":-1", false },
		{ ":1", false },
		{ "", false },
		{ "03C664cb-baf5-4b76-8e0a-e245f02de86d:1", false },
		{ "03c664cbbaf5-4b76-8e0a-e245f02de86d0:1", false },
		{ "03c664cb-baf5-4b76-8e0a-e245f02de86:1", false },
		{ "03c664cb-baf5-4b76-8e0a-e245f02de86dd:1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nhi_stamp s = { .ticks = 77 };
		char text[NHI_STAMP_TEXT];

		assert_int_equal(nhi_stamp_parse(nhi_span_str(rows[i].text),
		    &s), rows[i].good);
		if (!rows[i].good) {
			assert_int_equal(s.ticks, 77);
			continue;
		}
		nhi_stamp_format(&s, text);
		assert_string_equal(text, rows[i].text);
	}
	struct nhi_stamp s;
	assert_false(nhi_stamp_parse((struct nhi_span){ NULL, 0 }, &s));
}

static void
test_older(void **state)
{
	const struct nhi_stamp five = { BOOT, 5 }, six = { BOOT, 6 };
	const struct nhi_stamp before = { OTHER, UINT64_MAX };

	(void)state;
	assert_true(nhi_stamp_older(&five, &six));
	assert_false(nhi_stamp_older(&six, &five));
	assert_false(nhi_stamp_older(&five, &five));
	assert_true(nhi_stamp_older(&before, &five));
}

/* What the clock says and what /proc says of a process are the same scale. */
static void
test_clock(void **state)
{
	struct nhi_stamp before, after;
	uint64_t start = 0;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(nhi_stamp_now(&before, NULL), NHI_OK);
	assert_int_equal(strlen(before.boot), NHI_BOOT_ID);
	if ((pid = fork()) == 0) {
		(void)pause();
		_exit(0);
	}
	assert_int_equal(nhi_stamp_process(pid, &start, NULL), NHI_OK);
	assert_int_equal(nhi_stamp_now(&after, NULL), NHI_OK);
	assert_true(before.ticks <= start);
	assert_true(start <= after.ticks);
	assert_int_equal(kill(pid, SIGKILL), 0);
	/* A zombie has a start time yet. */
	assert_int_equal(nhi_stamp_process(pid, &start, NULL), NHI_OK);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	start = 77;
	assert_int_equal(nhi_stamp_process(pid, &start, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_stamp_process(0, &start, NULL), NHI_ERR_STATE);
	assert_int_equal(nhi_stamp_process(-1, &start, NULL), NHI_ERR_STATE);
	assert_int_equal(start, 77);
}

/* The name of a process is its own choice. */
static void
test_hostile_name(void **state)
{
	char name[16] = "";
	uint64_t plain = 0, hostile = 1;

	(void)state;
	assert_int_equal(nhi_stamp_process(getpid(), &plain, NULL), NHI_OK);
	assert_int_equal(prctl(PR_GET_NAME, name), 0);
	assert_int_equal(prctl(PR_SET_NAME, ") S 1 1 1 1 1 1"), 0);
	assert_int_equal(nhi_stamp_process(getpid(), &hostile, NULL), NHI_OK);
	assert_int_equal(prctl(PR_SET_NAME, name), 0);
	assert_int_equal(plain, hostile);
}

static int
leader_child(void)
{
	struct nhi_stamp own;
	uint64_t start = 0;
	int status = 0;
	pid_t pid;

	if (setsid() < 0 || nhi_stamp_process(getpid(), &start,
	    NULL) != NHI_OK)
		return 1;
	/* A younger process of the same session has the same leader. */
	const struct timespec wait = { 0, 30000000 };
	(void)nanosleep(&wait, NULL);
	if ((pid = fork()) == 0)
		_exit(nhi_stamp_leader(&own, NULL) != NHI_OK ||
		    own.ticks != start);
	return pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
}

static void
test_leader(void **state)
{
	int status = -1;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(leader_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* The leader is gone: everything is younger. */
static void
test_no_leader(void **state)
{
	int status = -1, pipes[2];
	char byte = 1;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	if ((pid = fork()) == 0) {
		struct nhi_stamp s = { .ticks = 1 };
		const struct timespec wait = { 0, 50000000 };

		if (setsid() < 0 || fork() != 0)
			_exit(0);
		(void)nanosleep(&wait, NULL);
		byte = nhi_stamp_leader(&s, NULL) == NHI_OK && s.ticks == 0 ?
		    0 : 2;
		_exit(write(pipes[1], &byte, 1) != 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	assert_int_equal(byte, 0);
}

static void
test_audit_session(void **state)
{
	uint32_t a = nhi_stamp_audit_session();

	(void)state;
	assert_int_equal(a, nhi_stamp_audit_session());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_hostile_name),
		cmocka_unit_test(test_leader),
		cmocka_unit_test(test_no_leader),
		cmocka_unit_test(test_audit_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
