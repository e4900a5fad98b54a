/* SPDX-License-Identifier: BSD-2-Clause */
/* Appending: whole lines, whoever else writes, whatever a crash left. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/audit_file.h"
#include "tests/unit/temp_dir.h"

#define WRITERS	8
#define LINES	100

static enum nhi_err
append(const char *text)
{
	return nhi_audit_append(temp_path(dir, "log"), "audit.jsonl",
	    nhi_span_str(text), NULL);
}

static void
check_text(const char *want)
{
	NHI_AUTO(nhi_free) char *text =
	    temp_read(temp_path(dir, "log/audit.jsonl"));

	assert_non_null(text);
	assert_string_equal(text, want);
}

static void
test_made(void **state)
{
	mode_t mask = umask(0);
	struct stat st;

	(void)state;
	assert_int_equal(append("{\"a\":1}\n"), NHI_OK);
	(void)umask(077);
	assert_int_equal(append("{\"b\":2}\n"), NHI_OK);
	(void)umask(mask);
	check_text("{\"a\":1}\n{\"b\":2}\n");
	assert_int_equal(stat(temp_path(dir, "log"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(stat(temp_path(dir, "log/audit.jsonl"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void
test_torn(void **state)
{
	(void)state;
	assert_int_equal(mkdir(temp_path(dir, "log"), 0750), 0);
	temp_write(temp_path(dir, "log/audit.jsonl"), "{\"torn\":\"");
	assert_int_equal(append("{\"a\":1}\n"), NHI_OK);
	check_text("{\"torn\":\"\n{\"a\":1}\n");
}

static int
write_lines(int index, void *arg)
{
	char line[2049];

	(void)arg;
	for (unsigned int i = 0; i < LINES; i++) {
		memset(line, 'a' + index, sizeof(line));
		line[1800 + (unsigned int)index] = '\n';
		line[1801 + (unsigned int)index] = '\0';
		if (append(line) != NHI_OK)
			return 1;
	}
	return 0;
}

static void
test_writers(void **state)
{
	NHI_AUTO(nhi_free) char *text = NULL;
	struct nhi_span rest, line;
	unsigned int lines[WRITERS] = { 0 };

	(void)state;
	assert_int_equal(temp_race(WRITERS, 0, write_lines, NULL), 0);
	text = temp_read(temp_path(dir, "log/audit.jsonl"));
	assert_non_null(text);
	rest = nhi_span_str(text);
	while (nhi_span_cut(&rest, '\n', &line) && rest.p != NULL) {
		assert_in_range(line.p[0], 'a', 'a' + WRITERS - 1);
		assert_int_equal(line.n, 1800 + line.p[0] - 'a');
		for (size_t i = 0; i < line.n; i++)
			assert_int_equal(line.p[i], line.p[0]);
		lines[line.p[0] - 'a']++;
	}
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(lines[i], LINES);
}

/* Whoever might have planted something there. */
static void
test_planted(void **state)
{
	const char *log = temp_path(dir, "log");
	const char *file = temp_path(dir, "log/audit.jsonl");
	const char *victim = temp_path(dir, "victim");

	(void)state;
	temp_write(victim, "");
	assert_int_equal(mkdir(log, 0750), 0);
	assert_int_equal(symlink(victim, file), 0);
	assert_int_equal(append("x\n"), NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(append("x\n"), NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(unlink(file), 0);
	temp_write(file, "");
	assert_int_equal(chmod(file, 0666), 0);
	assert_int_equal(append("x\n"), NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(chmod(file, 0640), 0);
	assert_int_equal(append("x\n"), NHI_OK);
	assert_int_equal(chmod(log, 0777), 0);
	assert_int_equal(append("x\n"), NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(chmod(log, 0750), 0);
	check_text("x\n");
	victim = temp_path(dir, "victim");
	assert_int_equal(unlink(temp_path(dir, "log/.lock")), 0);
	assert_int_equal(symlink(victim, temp_path(dir, "log/.lock")), 0);
	assert_int_equal(append("x\n"), NHI_ERR_AUDIT_UNAVAILABLE);
	if (geteuid() == 0) {
		assert_int_equal(unlink(temp_path(dir, "log/.lock")), 0);
		file = temp_path(dir, "log/audit.jsonl");
		assert_int_equal(chown(file, 65534, 65534), 0);
		assert_int_equal(append("x\n"), NHI_ERR_AUDIT_UNAVAILABLE);
	}
}

/* A lock that nobody gives back: written without it, in bounded time. */
static void
test_lock(void **state)
{
	struct timespec before, after;
	int fd;

	(void)state;
	assert_int_equal(append("x\n"), NHI_OK);
	fd = open(temp_path(dir, "log/.lock"), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(append("y\n"), NHI_OK);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	/* A loaded machine is slow; what must not be is for ever. */
	assert_in_range(after.tv_sec - before.tv_sec, 1, 30);
	assert_int_equal(close(fd), 0);
	check_text("x\ny\n");
}

/* A full disk in the middle of a line leaves no part of it. */
static void
test_full(void **state)
{
	struct rlimit limit, small;
	enum nhi_err err;

	(void)state;
	assert_int_equal(append("0123456789\n"), NHI_OK);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit){ 15, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	err = append("abcdefghij\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(err, NHI_ERR_AUDIT_UNAVAILABLE);
	check_text("0123456789\n");
}

/* As by a set-uid program: what others wrote meanwhile might be cut with it. */
static void
test_full_without_lock(void **state)
{
	struct rlimit limit, small;
	enum nhi_err err;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(append("0123456789\n"), NHI_OK);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit){ 15, limit.rlim_max };
	assert_int_equal(setreuid(65534, (uid_t)-1), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	err = append("abcdefghij\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(setreuid(0, (uid_t)-1), 0);
	assert_int_equal(err, NHI_ERR_AUDIT_UNAVAILABLE);
	check_text("0123456789\nabcd");
	assert_int_equal(append("next\n"), NHI_OK);
	check_text("0123456789\nabcd\nnext\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_made, temp_setup),
		TEMP_TEST(test_torn, temp_setup),
		TEMP_TEST(test_writers, temp_setup),
		TEMP_TEST(test_planted, temp_setup),
		TEMP_TEST(test_lock, temp_setup),
		TEMP_TEST(test_full, temp_setup),
		TEMP_TEST(test_full_without_lock, temp_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
