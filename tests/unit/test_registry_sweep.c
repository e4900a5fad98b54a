/* SPDX-License-Identifier: BSD-2-Clause */
/* Tombstones: kept, and given back without deceiving a login under way. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/nss/login.h"

#define DAY	(24 * 60 * 60)

static const char *in_use;		/* the name that is, or NULL */
static const char *stubborn;		/* the name that cannot leave */

static int
used(const char *name, uint32_t uid, void *arg)
{
	(void)uid;
	(void)arg;
	return in_use != NULL && strcmp(name, in_use) == 0;
}

static enum nhi_err
leave(const char *name, uint32_t uid, void *arg, struct nhi_why *why)
{
	(void)uid;
	(void)arg;
	return stubborn != NULL && strcmp(name, stubborn) == 0 ?
	    nhi_fail(why, NHI_ERR_STATE, "stubborn") : NHI_OK;
}

static enum nhi_err
sweep(const struct world *w, int64_t now, uint64_t *ret)
{
	const struct nhi_registry_sweep s = { .uids = w->uids, .now = now,
	    .before = now - 90 * DAY, .used = used, .leave = leave };

	*ret = 0;
	return nhi_registry_sweep(&s, ret, NULL);
}

static uint32_t
claim(const struct world *w, const char *name)
{
	uint32_t uid = 0;

	assert_int_equal(login_claim(w, name, world_now() + 1, &uid), NHI_OK);
	return uid;
}

static void
test_retention(void **state)
{
	const struct world *w = *state;
	int64_t now = time(NULL);
	struct stat st;
	uint64_t n;
	uint32_t one = claim(w, "pr-1"), two = claim(w, "pr-2");

	in_use = "pr-2";
	assert_int_equal(sweep(w, now + 90 * DAY - 9, &n), NHI_OK);
	assert_int_equal(n, 0);
	assert_string_equal(login_owner(w, one), "pr-1");
	assert_int_equal(sweep(w, now + 90 * DAY + 9, &n), NHI_OK);
	assert_int_equal(n, 1);
	assert_string_equal(world_text(w, "uids/name/pr-1"), "");
	assert_int_equal(lstat(world_path(w, "uids/uid/%u", one), &st), -1);
	assert_string_equal(login_owner(w, two), "pr-2");
	/* The name comes back to its hash. */
	assert_int_equal(claim(w, "pr-1"), one);
}

static void
set_time(const struct world *w, uint32_t uid, int64_t when)
{
	struct timespec t[2] = { { .tv_sec = when }, { .tv_sec = when } };

	assert_int_equal(utimensat(AT_FDCWD, world_path(w, "uids/uid/%u",
	    uid), t, AT_SYMLINK_NOFOLLOW), 0);
}

static int64_t
get_time(const struct world *w, uint32_t uid)
{
	struct stat st;

	assert_int_equal(lstat(world_path(w, "uids/uid/%u", uid), &st), 0);
	return st.st_mtime;
}

/* A timer that is late looks at what it missed. */
static void
test_late(void **state)
{
	const struct world *w = *state;
	int64_t now = time(NULL) / 3600 * 3600;
	struct nhi_registry_sweep s = { .uids = w->uids, .used = used,
	    .leave = leave };
	uint32_t uid = claim(w, "pr-1");
	unsigned int renewed = 0;
	uint64_t n = 0;

	in_use = "pr-1";
	for (int64_t i = 0; i < 60; i++) {
		set_time(w, uid, now - 2 * DAY);
		s.now = now + i * 60 + 5;
		s.since = s.now - 60;
		s.before = s.now - 90 * DAY;
		assert_int_equal(nhi_registry_sweep(&s, &n, NULL), NHI_OK);
		renewed += get_time(w, uid) > now - DAY;
	}
	assert_int_equal(renewed, 1);
	for (int64_t i = 0; i < 60; i++) {
		set_time(w, uid, now - 2 * DAY);
		s.now = now + i * 60;
		s.since = s.now - 3600 - i * 60;
		assert_int_equal(nhi_registry_sweep(&s, &n, NULL), NHI_OK);
		assert_true(get_time(w, uid) > now - DAY);
	}
	in_use = NULL;
}

/* A clock that was ahead, and one that is behind. */
static void
test_clock(void **state)
{
	const struct world *w = *state;
	int64_t now = time(NULL);
	uint32_t uid = claim(w, "pr-1");
	uint64_t n;

	set_time(w, uid, now + 9 * DAY);
	nhi_registry_touch(w->uids, uid);
	assert_int_equal(get_time(w, uid), now + 9 * DAY);
	in_use = NULL;
	assert_int_equal(sweep(w, now, &n), NHI_OK);
	assert_in_range(get_time(w, uid), now - 9, now + 9);
	assert_int_equal(n, 0);
}

/* The time of the link is the last use. */
static void
test_touch(void **state)
{
	const struct world *w = *state;
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	uint32_t uid = claim(w, "pr-1");
	uint64_t n;

	in_use = NULL;
	assert_int_equal(utimensat(AT_FDCWD, world_path(w, "uids/uid/%u",
	    uid), old, AT_SYMLINK_NOFOLLOW), 0);
	nhi_registry_touch(w->uids, uid);
	assert_int_equal(sweep(w, time(NULL), &n), NHI_OK);
	assert_int_equal(n, 0);
	assert_int_equal(utimensat(AT_FDCWD, world_path(w, "uids/uid/%u",
	    uid), old, AT_SYMLINK_NOFOLLOW), 0);
	/* In use: its time is now, and it stays when it no more is. */
	in_use = "pr-1";
	assert_int_equal(sweep(w, time(NULL), &n), NHI_OK);
	in_use = NULL;
	assert_int_equal(sweep(w, time(NULL), &n), NHI_OK);
	assert_int_equal(n, 0);
	assert_int_equal(utimensat(AT_FDCWD, world_path(w, "uids/uid/%u",
	    uid), old, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(sweep(w, time(NULL), &n), NHI_OK);
	assert_int_equal(n, 1);
}

/*
 * A connection that began while the entry said another number than the hash
 * is not believed: the entry is gone, and its answer was another one.
 */
static void
test_under_way(void **state)
{
	const struct world *w = *state;
	uint32_t hash = world_hash(w, "pr-1"), uid;
	uint64_t n, since;

	in_use = NULL;
	assert_int_equal(nhi_registry_set(w->uids, "pr-1",
	    hash == WORLD_HI ? hash - 1 : hash + 1, &uid, NULL), NHI_OK);
	world_tick();
	since = world_now();
	assert_int_equal(login_claim(w, "pr-1", since, &uid), NHI_OK);
	assert_int_not_equal(uid, hash);
	assert_int_equal(sweep(w, time(NULL) + 91 * DAY, &n), NHI_OK);
	assert_int_equal(n, 1);
	assert_int_equal(login_claim(w, "pr-1", since, &uid),
	    NHI_ERR_UID_MOVED);
	world_tick();
	assert_int_equal(claim(w, "pr-1"), hash);
}

/* One that said the hash is no concern of anybody. */
static void
test_no_stamp(void **state)
{
	const struct world *w = *state;
	char before[128];
	uint64_t n;

	in_use = NULL;
	(void)claim(w, "pr-1");
	(void)snprintf(before, sizeof(before), "%s",
	    world_text(w, "uids/changed"));
	assert_int_equal(sweep(w, time(NULL) + 91 * DAY, &n), NHI_OK);
	assert_int_equal(n, 1);
	assert_string_equal(world_text(w, "uids/changed"), before);
}

/* Numbers of a crash, and names that cannot leave. */
static void
test_others(void **state)
{
	const struct world *w = *state;
	uint32_t uid = claim(w, "pr-1");
	uint64_t n;

	in_use = NULL;
	stubborn = "pr-1";
	world_link(w, "uids/uid/70001", "pr-7");
	world_link(w, "uids/uid/x", "pr-7");
	assert_int_equal(sweep(w, time(NULL) + 91 * DAY, &n), NHI_ERR_STATE);
	stubborn = NULL;
	assert_int_equal(n, 1);
	assert_string_equal(login_owner(w, uid), "pr-1");
	assert_string_equal(world_text(w, "uids/uid/70001"), "");
	assert_string_equal(world_text(w, "uids/uid/x"), "pr-7");
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, \
	world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_retention),
		TEST(test_touch),
		TEST(test_late),
		TEST(test_clock),
		TEST(test_under_way),
		TEST(test_no_stamp),
		TEST(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
