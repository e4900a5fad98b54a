/* SPDX-License-Identifier: BSD-2-Clause */
/* The ledger: what is entered is found, and goes when it has expired. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/issued.h"
#include "tests/unit/list_fails.h"
#include "tests/unit/temp_dir.h"

#define DAY	(24 * 60 * 60)

static void
enter(uint64_t serial, int64_t until)
{
	struct nhi_issued e = { .serial = serial, .account = "web",
	    .identity = "bot", .mark = "0123456789abcdef", .jti = "a\nb c",
	    .key = "SHA256:x", .source = "10.0.0.1", .valid_after = 7,
	    .valid_before = until, .keyid = "nhi1:a:b:c",
	    .claims = "run_id=5;ref=x\ny", .certificate = "type base64 id" };

	assert_int_equal(nhi_issued_enter(dir, &e, NULL), NHI_OK);
}

static void
test_find(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(70000);
	struct nhi_issued e;

	(void)state;
	enter(42, 1000);
	assert_int_equal(nhi_issued_find(dir, 42, &text, &e, NULL), NHI_OK);
	assert_int_equal(e.serial, 42);
	assert_string_equal(e.account, "web");
	assert_string_equal(e.identity, "bot");
	assert_string_equal(e.mark, "0123456789abcdef");
	assert_string_equal(e.jti, "a?b c");
	assert_string_equal(e.key, "SHA256:x");
	assert_string_equal(e.source, "10.0.0.1");
	assert_int_equal(e.valid_after, 7);
	assert_int_equal(e.valid_before, 1000);
	assert_string_equal(e.keyid, "nhi1:a:b:c");
	assert_string_equal(e.claims, "run_id=5;ref=x?y");
	assert_string_equal(e.certificate, "type base64 id");
	assert_int_equal(nhi_issued_find(dir, 43, &text, &e, NULL),
	    NHI_ERR_NO_MATCH);
	assert_int_equal(nhi_issued_find("/nonexistent", 42, &text, &e, NULL),
	    NHI_ERR_STATE);
}

static bool
is_there(const char *name)
{
	struct stat st;

	return lstat(temp_path(dir, name), &st) == 0;
}

static bool
see(const struct nhi_issued *e, void *arg)
{
	assert_int_equal(e->serial, 0);
	assert_string_equal(e->mark, "0123456789abcdef");
	assert_string_equal(e->claims, "run_id=5;ref=x?y");
	(*(unsigned int *)arg)++;
	return true;
}

/* A token: by its mark and account, beside the certificates. */
static void
test_direct(void **state)
{
	static const char name[] = "direct-0123456789abcdef-web";
	static const char *const odd[] = {
		"direct-", "direct-0123456789abcdef", "0123456789abcdef-web",
		"direct-0123456789abcdef-", "direct-0123456789abcdef-Web",
		"direct-0123456789abcde-web", "direct-0123456789abcdef0-web",
		"direct-0123456789abcdef-web.tmp-1-2-0",
		"Direct-0123456789abcdef-web", "direct-0123456789ABCDEF-web",
	};
	int64_t now = time(NULL);
	unsigned int n = 0;
	uint64_t gone;

	(void)state;
	enter(0, now);
	enter(0, now + 1);
	assert_true(is_there(name));
	assert_true(nhi_issued_direct(name));
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_false(nhi_issued_direct(odd[i]));
	temp_write(temp_path(dir, odd[6]), "account=web\nvalid_before=9\n");
	assert_int_equal(nhi_issued_each(dir, see, &n, NULL), NHI_OK);
	assert_int_equal(n, 1);
	assert_int_equal(nhi_issued_sweep(dir, now + 1, &gone, NULL), NHI_OK);
	assert_true(is_there(name));
	assert_int_equal(nhi_issued_sweep(dir, now + 2, &gone, NULL), NHI_OK);
	assert_int_equal(gone, 1);
	assert_false(is_there(name));
}

/* Root's word of a token is good for a week; its neighbours' is not. */
static void
test_week(void **state)
{
	static const char name[] = "direct-0123456789abcdef-web";
	int64_t now = time(NULL);
	uint64_t gone;

	(void)state;
	enter(0, now + 7 * DAY);
	assert_int_equal(nhi_issued_sweep(dir, now + 6 * DAY, &gone, NULL),
	    NHI_OK);
	assert_true(is_there(name) == (geteuid() == 0));
	assert_int_equal(nhi_issued_sweep(dir, now + 8 * DAY, &gone, NULL),
	    NHI_OK);
	assert_false(is_there(name));
	if (geteuid() != 0)
		return;
	enter(0, now + 7 * DAY);
	assert_int_equal(chown(temp_path(dir, name), 1, 1), 0);
	assert_int_equal(nhi_issued_sweep(dir, now + 3 * DAY, &gone, NULL),
	    NHI_OK);
	assert_int_equal(gone, 1);
}

static bool
count(const struct nhi_issued *e, void *arg)
{
	*(unsigned int *)arg += (unsigned int)e->serial;
	return true;
}

/* Of an older version; and whatever else may lie there. */
static void
test_each(void **state)
{
	static const char *const bad[] = { "", "account=web",
	    "account=web\nvalid_before=x\n", "account=Web\nvalid_before=9\n",
	    "account=web\nvalid_before=9", "valid_before=9\n",
	    "account=web\nmark=01234567012345670123\nvalid_before=9\n",
	    "nonsense\naccount=web\nvalid_before=9\n" };
	unsigned int sum = 0;
	char name[16];

	(void)state;
	enter(1000, 1000);
	temp_write(temp_path(dir, "2000"), "account=web\nvalid_before=9\n"
	    "later=x\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(name, sizeof(name), "%zu", i + 1);
		temp_write(temp_path(dir, name), bad[i]);
	}
	temp_write(temp_path(dir, "x"), "account=web\nvalid_before=9\n");
	assert_int_equal(symlink("2000", temp_path(dir, "4000")), 0);
	assert_int_equal(nhi_issued_each(dir, count, &sum, NULL), NHI_OK);
	assert_int_equal(sum, 3000);
}

static void
test_sweep(void **state)
{
	int64_t now = time(NULL);
	uint64_t gone;

	(void)state;
	enter(1, now - 1);
	enter(2, now);
	enter(3, now + 99 * DAY);
	temp_write(temp_path(dir, "3.tmp-1-2-0"), "x");
	assert_int_equal(nhi_issued_sweep(dir, now, &gone, NULL), NHI_OK);
	assert_int_equal(gone, 1);
	assert_false(is_there("1"));
	assert_true(is_there("2"));
	/* Nothing lives longer than a day, whatever it says. */
	assert_int_equal(nhi_issued_sweep(dir, now + 2 * DAY - 9, &gone,
	    NULL), NHI_OK);
	assert_int_equal(gone, 1);
	assert_true(is_there("3"));
	assert_int_equal(nhi_issued_sweep(dir, now + 2 * DAY + 9, &gone,
	    NULL), NHI_OK);
	assert_int_equal(gone, 2);
	assert_false(is_there("3"));
	assert_false(is_there("3.tmp-1-2-0"));
	assert_int_equal(nhi_issued_sweep("/nonexistent", now, &gone, NULL),
	    NHI_ERR_STATE);
}

static bool
never(const struct nhi_issued *e, void *arg)
{
	(void)e;
	(void)arg;
	fail();
	return false;
}

/* What cannot be read is not what is not there. */
static void
test_unread(void **state)
{
	uint64_t gone = 7;

	(void)state;
	list_fails = true;
	assert_int_equal(nhi_issued_each(dir, never, NULL, NULL),
	    NHI_ERR_STATE);
	assert_int_equal(nhi_issued_sweep(dir, 0, &gone, NULL),
	    NHI_ERR_STATE);
	list_fails = false;
	assert_int_equal(gone, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_find, temp_setup),
		TEMP_TEST(test_direct, temp_setup),
		TEMP_TEST(test_week, temp_setup),
		TEMP_TEST(test_each, temp_setup),
		TEMP_TEST(test_sweep, temp_setup),
		TEMP_TEST(test_unread, temp_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
