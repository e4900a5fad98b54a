/* SPDX-License-Identifier: BSD-2-Clause */
/* What was verified a moment ago: found as it was, or not at all. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sshd_helper/recall.h"
#include "tests/unit/temp_dir.h"

#define NOW	INT64_C(1760000000)

static struct nhi_recall
at(int64_t now, uint8_t question)
{
	struct nhi_recall r = { .dir = dir, .now = now };

	memset(r.question, question, sizeof(r.question));
	return r;
}

static void
keep(int64_t now, uint8_t question)
{
	struct nhi_verdict v = { .reason = NHI_OK, .identity = question,
		.exp = 77 };
	struct nhi_recall r = at(now, question);

	memset(v.mark, 0xab, sizeof(v.mark));
	nhi_verdict_line(&v, "subject", NHI_SPAN("repo:a"));
	nhi_recall_put(&r, &v);
}

/* The identity, or -1. */
static int
found(int64_t now, uint8_t question)
{
	struct nhi_recall r = at(now, question);
	struct nhi_verdict v = { .identity = 0 };
	char subject[16];

	if (!nhi_recall_find(&r, &v))
		return -1;
	assert_int_equal(v.reason, NHI_OK);
	assert_int_equal(v.exp, 77);
	assert_int_equal(v.mark[31], 0xab);
	nhi_verdict_value(&v, "subject", subject, sizeof(subject));
	assert_string_equal(subject, "repo:a");
	return (int)v.identity;
}

static void
test_time(void **state)
{
	(void)state;
	assert_int_equal(found(NOW, 1), -1);
	keep(NOW, 1);
	assert_int_equal(found(NOW, 1), 1);
	assert_int_equal(found(NOW + NHI_RECALL_S - 1, 1), 1);
	assert_int_equal(found(NOW + NHI_RECALL_S, 1), -1);
	/* A clock that went back tells nothing. */
	assert_int_equal(found(NOW - 1, 1), -1);
	keep(NOW + 60, 1);
	assert_int_equal(found(NOW + 61, 1), 1);
}

/* Two that have one place: the later one has it. */
static void
test_place(void **state)
{
	(void)state;
	keep(NOW, 1);
	keep(NOW, 2);
	assert_int_equal(found(NOW, 1), 1);
	assert_int_equal(found(NOW, 1 + NHI_RECALL_N), -1);
	keep(NOW, 1 + NHI_RECALL_N);
	assert_int_equal(found(NOW, 1), -1);
	assert_int_equal(found(NOW, 1 + NHI_RECALL_N), 1 + NHI_RECALL_N);
	assert_int_equal(found(NOW, 2), 2);
}

/* No byte of it can be another one, and none can be missing. */
static void
test_spoilt(void **state)
{
	char text[4096];
	ssize_t n;
	int fd;

	(void)state;
	keep(NOW, 1);
	fd = open(temp_path(dir, "verdict.1"), O_RDWR);
	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text));
	assert_true(n > 64 && n < (ssize_t)sizeof(text));
	for (ssize_t i = 0; i < n; i++) {
		char bad = (char)(text[i] ^ 1);

		assert_int_equal(pwrite(fd, &bad, 1, i), 1);
		assert_int_equal(found(NOW, 1), -1);
		assert_int_equal(pwrite(fd, &text[i], 1, i), 1);
	}
	assert_int_equal(found(NOW, 1), 1);
	for (ssize_t i = n - 1; i >= 0; i -= 7) {
		assert_int_equal(ftruncate(fd, i), 0);
		assert_int_equal(found(NOW, 1), -1);
	}
	(void)close(fd);
}

/* No directory, a link, a file that others may write: there is none. */
static void
test_odd(void **state)
{
	struct nhi_recall r = at(NOW, 1);
	struct nhi_verdict v = { .reason = NHI_OK };

	(void)state;
	r.dir = temp_path(dir, "none");
	nhi_recall_put(&r, &v);
	assert_false(nhi_recall_find(&r, &v));
	assert_int_equal(symlink("there", temp_path(dir, "verdict.1")), 0);
	keep(NOW, 1);
	assert_int_equal(access(temp_path(dir, "there"), F_OK), -1);
	assert_int_equal(unlink(temp_path(dir, "verdict.1")), 0);
	keep(NOW, 1);
	assert_int_equal(chmod(temp_path(dir, "verdict.1"), 0666), 0);
	assert_int_equal(found(NOW, 1), -1);
	assert_int_equal(chmod(temp_path(dir, "verdict.1"), 0600), 0);
	assert_int_equal(found(NOW, 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_time, temp_setup),
		TEMP_TEST(test_place, temp_setup),
		TEMP_TEST(test_spoilt, temp_setup),
		TEMP_TEST(test_odd, temp_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
