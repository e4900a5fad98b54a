/* SPDX-License-Identifier: BSD-2-Clause */
/* What a crash, a disk or somebody's editor may have left of the registry. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/nss/login.h"

/* A crash after the number and before the entry. */
static void
test_crash_number(void **state)
{
	const struct world *w = *state;
	uint32_t hash, uid;
	char path[64];

	hash = world_hash(w, "pr-1");
	(void)snprintf(path, sizeof(path), "uids/uid/%u", hash);
	world_link(w, path, "pr-1");
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, hash);
	assert_true(login_entry(w, "pr-1").first);
	/* The same of a search: the hash is another's, the next was taken. */
	hash = world_hash(w, "pr-2");
	assert_true(hash < WORLD_HI);
	world_entry(w, "victim", hash, "first", 1);
	(void)snprintf(path, sizeof(path), "uids/uid/%u", hash + 1);
	world_link(w, path, "pr-2");
	assert_int_equal(login_claim(w, "pr-2", 2, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(login_entry(w, "pr-2").uid, hash + 1);
	/* Nobody else takes what a crash left. */
	hash = world_hash(w, "pr-3");
	assert_true(hash < WORLD_HI);
	(void)snprintf(path, sizeof(path), "uids/uid/%u", hash);
	world_link(w, path, "pr-9");
	assert_int_equal(login_claim(w, "pr-3", 2, &uid), NHI_ERR_UID_MOVED);
	assert_int_not_equal(login_entry(w, "pr-3").uid, hash);
}

/* A crash between the two writes of a stamp: refused once, then mended. */
static void
test_crash_stamp(void **state)
{
	const struct world *w = *state;
	uint32_t uid;
	uint64_t now;

	world_entry(w, "web", 71000, "set", UINT64_MAX);
	now = world_now();
	assert_int_equal(login_check(w, "web", now), NHI_ERR_UID_MOVED);
	assert_int_equal(login_entry(w, "web").stamp.ticks, UINT64_MAX);
	assert_int_equal(login_claim(w, "web", now, &uid), NHI_ERR_UID_MOVED);
	assert_in_range(login_entry(w, "web").stamp.ticks, now, world_now());
	world_tick();
	assert_int_equal(login_claim(w, "web", world_now(), &uid), NHI_OK);
	assert_int_equal(uid, 71000);

	world_range(w, WORLD_LO, WORLD_HI, UINT64_MAX);
	now = world_now();
	assert_int_equal(login_claim(w, "pr-1", now, &uid), NHI_ERR_UID_MOVED);
	world_tick();
	assert_int_equal(login_claim(w, "pr-1", world_now(), &uid), NHI_OK);
	assert_int_equal(uid, world_hash(w, "pr-1"));
}

/* What rename had not moved yet is not seen. */
static void
test_crash_rename(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_link(w, "uids/name/pr-1.tmp-1-2-0", "71000:set:%s:1", w->boot);
	world_link(w, "uids/changed.tmp-1-2-0", "%s:9:65536:65536", w->boot);
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, world_hash(w, "pr-1"));
}

/* The number of an entry is not the name's: nobody gets in by it. */
static void
test_tampered(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_entry(w, "web", 71000, "set", 1);
	world_link(w, "uids/uid/71000", "victim");
	assert_int_equal(login_claim(w, "web", 9, &uid), NHI_ERR_STATE);
	assert_int_equal(login_check(w, "web", 9), NHI_ERR_STATE);
	world_remove(w, "uids/uid/71000");
	assert_int_equal(login_claim(w, "web", 9, &uid), NHI_ERR_STATE);
	assert_int_equal(login_check(w, "web", 9), NHI_ERR_STATE);
	world_link(w, "uids/uid/71000", "../x");
	assert_int_equal(login_claim(w, "web", 9, &uid), NHI_ERR_STATE);
	world_link(w, "uids/name/web", "0:set:%s:1", w->boot);
	assert_int_equal(login_claim(w, "web", 9, &uid), NHI_ERR_STATE);
	assert_int_equal(login_check(w, "web", 9), NHI_ERR_STATE);
}

static void
test_no_state(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	assert_int_equal(login_claim(w, "../x", 2, &uid), NHI_ERR_INTERNAL);
	assert_int_equal(login_claim(w, "root", 2, &uid), NHI_ERR_INTERNAL);
	world_remove(w, "uids/salt");
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_ERR_STATE);
	assert_string_equal(world_text(w, "uids/name/pr-1"), "");
	world_remove(w, "uids/changed");
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_ERR_STATE);
	assert_int_equal(rmdir(world_path(w, "uids/name")), 0);
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_ERR_STATE);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, \
	world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_crash_number),
		TEST(test_crash_stamp),
		TEST(test_crash_rename),
		TEST(test_tampered),
		TEST(test_no_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
