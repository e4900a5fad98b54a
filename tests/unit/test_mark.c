/* SPDX-License-Identifier: BSD-2-Clause */
/* A token is spent once, or for one key, whoever asks at the same time. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mark.h"
#include "lib/base/num.h"
#include "tests/unit/list_fails.h"
#include "tests/unit/temp_dir.h"

#define KEY_A	"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY_B	"SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

static enum nhi_err
spend(uint8_t hash, const char *key, bool never)
{
	struct nhi_mark mark = { .key = key, .exp = 1000, .never = never };
	struct nhi_why why;

	memset(mark.hash, hash, sizeof(mark.hash));
	return nhi_mark_spend(dir, &mark, &why);
}

static const struct {
	const char *first_key;
	bool first_never;
	const char *key;
	bool never;
	enum nhi_err want;
} twice[] = {
	{ KEY_A, false, KEY_A, false, NHI_OK },
	{ KEY_A, false, KEY_B, false, NHI_ERR_REPLAY },
	{ KEY_A, false, KEY_A, true, NHI_ERR_REPLAY },
	{ KEY_A, false, NULL, false, NHI_ERR_REPLAY },
	{ NULL, false, NULL, false, NHI_ERR_REPLAY },
	{ NULL, true, KEY_A, false, NHI_ERR_REPLAY },
	/* End of the cases */
};

static void
test_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(twice) / sizeof(twice[0]); i++) {
		assert_int_equal(spend((uint8_t)i, twice[i].first_key,
		    twice[i].first_never), NHI_OK);
		assert_int_equal(spend((uint8_t)i, twice[i].key,
		    twice[i].never), twice[i].want);
	}
}

/* Who asks without spending is told with which key it was. */
static void
test_find(void **state)
{
	char name[NHI_MARK_NAME], key[NHI_MARK_KEY] = "";

	(void)state;
	memset(name, '0', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(nhi_mark_find(dir, name, key), 0);
	assert_int_equal(spend(0, KEY_A, false), NHI_OK);
	assert_int_equal(nhi_mark_find(dir, name, key), 1);
	assert_string_equal(key, KEY_A);
	memset(name, '1', sizeof(name) - 1);
	assert_int_equal(spend(0x11, NULL, false), NHI_OK);
	assert_int_equal(nhi_mark_find(dir, name, key), 1);
	assert_string_equal(key, "-");
	memset(name, '2', sizeof(name) - 1);
	assert_int_equal(symlink("nonsense", temp_path(dir, name)), 0);
	assert_int_equal(nhi_mark_find(dir, name, key), -1);
	assert_int_equal(nhi_mark_find(temp_path(dir, "none"), name, key), -1);
}

static void
test_keys(void **state)
{
	(void)state;
	assert_int_equal(spend(1, "-", false), NHI_ERR_STATE);
	assert_int_equal(spend(1, "", false), NHI_ERR_STATE);
	assert_int_equal(spend(1, "SHA256:a b", false), NHI_ERR_STATE);
	assert_int_equal(spend(1, KEY_A KEY_A, false), NHI_ERR_STATE);
}

static void
test_text(void **state)
{
	char name[65], text[128];
	uint8_t hash[32];
	ssize_t n;

	(void)state;
	assert_int_equal(spend(0xab, KEY_A, false), NHI_OK);
	memset(hash, 0xab, sizeof(hash));
	nhi_num_hex(hash, sizeof(hash), name);
	n = readlink(temp_path(dir, name), text, sizeof(text));
	assert_int_equal(n, strlen(KEY_A ":1000"));
	assert_memory_equal(text, KEY_A ":1000", (size_t)n);
	/* A text that is not ours, and what is no link: not spent again. */
	assert_int_equal(unlink(temp_path(dir, name)), 0);
	assert_int_equal(symlink(KEY_A, temp_path(dir, name)), 0);
	assert_int_equal(spend(0xab, KEY_A, false), NHI_ERR_STATE);
	assert_int_equal(unlink(temp_path(dir, name)), 0);
	temp_write(temp_path(dir, name), KEY_A ":1000");
	assert_int_equal(spend(0xab, KEY_A, false), NHI_ERR_STATE);
}

static void
test_dir(void **state)
{
	(void)state;
	assert_int_equal(chmod(dir, 01777), 0);
	assert_int_equal(spend(1, KEY_A, false), NHI_ERR_STATE);
	assert_int_equal(chmod(dir, 01770), 0);
	assert_int_equal(spend(1, KEY_A, false), NHI_OK);
	temp_remove(dir);
	assert_int_equal(spend(2, KEY_A, false), NHI_ERR_STATE);
	assert_int_equal(mkdir(dir, 0700), 0);
}

/* 1 for A, 16 for B; anything else is wrong. */
static int
race(int index, void *arg)
{
	bool a = index % 2 == 0;
	uint8_t hash = *(const uint8_t *)arg;
	enum nhi_err err = spend(hash, a ? KEY_A : KEY_B, false);

	if (err == NHI_ERR_REPLAY)
		return 0;
	return err == NHI_OK ? (a ? 1 : 16) : 200;
}

static void
test_race(void **state)
{
	(void)state;
	for (uint8_t hash = 0; hash < 40; hash++) {
		int sum = temp_race(8, 0, race, &hash);

		assert_true(sum == 4 || sum == 4 * 16);
	}
}

static int
race_once(int index, void *arg)
{
	(void)index;
	return spend(*(const uint8_t *)arg, NULL, true) == NHI_OK;
}

static void
test_race_once(void **state)
{
	(void)state;
	for (uint8_t hash = 0; hash < 20; hash++)
		assert_int_equal(temp_race(8, 0, race_once, &hash), 1);
}

/* Half a sweep is none. */
static void
test_unread(void **state)
{
	size_t gone = 7, kept = 7;

	(void)state;
	list_fails = true;
	assert_int_equal(nhi_mark_sweep(dir, 0, &gone, &kept, NULL),
	    NHI_ERR_STATE);
	list_fails = false;
	assert_int_equal(gone, 7);
	assert_int_equal(kept, 7);
}

static void
test_sweep(void **state)
{
	struct nhi_mark mark = { .key = KEY_A };
	size_t gone = 0, kept = 0;

	(void)state;
	for (uint8_t i = 0; i < 100; i++) {
		memset(mark.hash, i, sizeof(mark.hash));
		mark.exp = 1000 + i;
		assert_int_equal(nhi_mark_spend(dir, &mark, NULL), NHI_OK);
	}
	temp_write(temp_path(dir, "README"), "");
	memset(mark.hash, 200, sizeof(mark.hash));
	assert_int_equal(nhi_mark_sweep(dir, 1050, &gone, &kept, NULL), NHI_OK);
	assert_int_equal(gone, 50);
	assert_int_equal(kept, 50);
	assert_int_equal(access(temp_path(dir, "README"), F_OK), 0);
	/* What is gone could be spent again: its token has expired. */
	assert_int_equal(spend(49, KEY_B, false), NHI_OK);
	assert_int_equal(spend(50, KEY_B, false), NHI_ERR_REPLAY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_twice, temp_setup),
		TEMP_TEST(test_find, temp_setup),
		TEMP_TEST(test_keys, temp_setup),
		TEMP_TEST(test_text, temp_setup),
		TEMP_TEST(test_dir, temp_setup),
		TEMP_TEST(test_race, temp_setup),
		TEMP_TEST(test_race_once, temp_setup),
		TEMP_TEST(test_sweep, temp_setup),
		TEMP_TEST(test_unread, temp_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
