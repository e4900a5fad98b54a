/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules (a) to (c).  T is the moment at which a connection began; what a
 * lookup of it can have seen is what stood there since.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/nss/login.h"

#define OTHER	"13c664cb-baf5-4b76-8e0a-e245f02de86d"

/* (a), the number is free. */
static void
test_first(void **state)
{
	const struct world *w = *state;
	uint32_t hash = world_hash(w, "pr-1"), uid;
	uint64_t before = world_now();

	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, hash);
	assert_string_equal(login_owner(w, hash), "pr-1");
	assert_true(login_entry(w, "pr-1").first);
	assert_in_range(login_entry(w, "pr-1").stamp.ticks, before, world_now());
	assert_string_equal(login_entry(w, "pr-1").stamp.boot, w->boot);
	/* (b): the entry is younger than the connection, and it is no matter. */
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, hash);
	assert_int_equal(login_check(w, "pr-1", 2), NHI_OK);
}

/* (a), (b): salt or range changed since then. */
static void
test_changed(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_range(w, WORLD_LO, WORLD_HI, 100);
	assert_int_equal(login_claim(w, "pr-1", 99, &uid), NHI_ERR_UID_MOVED);
	assert_true(login_entry(w, "pr-1").first);
	assert_int_equal(login_claim(w, "pr-1", 99, &uid), NHI_ERR_UID_MOVED);
	/* An equal tick is younger. */
	assert_int_equal(login_claim(w, "pr-1", 100, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(login_check(w, "pr-1", 100), NHI_ERR_UID_MOVED);
	assert_int_equal(login_claim(w, "pr-2", 100, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(login_claim(w, "pr-1", 101, &uid), NHI_OK);
	assert_int_equal(login_check(w, "pr-1", 101), NHI_OK);
	assert_int_equal(login_claim(w, "pr-2", 101, &uid), NHI_OK);
	/* Another boot is older, whatever it counted. */
	world_link(w, "uids/changed", OTHER ":999999999999:%u:%u", WORLD_LO,
	    WORLD_HI);
	assert_int_equal(login_claim(w, "pr-1", 0, &uid), NHI_OK);
	assert_int_equal(login_claim(w, "pr-3", 0, &uid), NHI_OK);
}

/* (a), the number is another name's: the retry gets another UID. */
static void
test_collision(void **state)
{
	const struct world *w = *state;
	uint32_t hash = world_hash(w, "pr-1"), uid, next;
	struct nhi_uid_entry e;

	next = hash == WORLD_HI ? WORLD_LO : hash + 1;
	world_entry(w, "victim", hash, "first", 1);
	assert_int_equal(login_claim(w, "pr-1", world_now() + 9, &uid),
	    NHI_ERR_UID_MOVED);
	e = login_entry(w, "pr-1");
	assert_false(e.first);
	assert_int_equal(e.uid, next);
	assert_string_equal(login_owner(w, next), "pr-1");
	assert_string_equal(login_owner(w, hash), "victim");
	assert_int_equal(login_entry(w, "victim").uid, hash);
	/* (c): the connection that saw the hash never passes; the next does. */
	assert_int_equal(login_claim(w, "pr-1", e.stamp.ticks, &uid),
	    NHI_ERR_UID_MOVED);
	assert_int_equal(login_claim(w, "pr-1", e.stamp.ticks + 1, &uid), NHI_OK);
	assert_int_equal(uid, next);
}

static void
test_set(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_entry(w, "web", 71000, "set", 50);
	assert_int_equal(login_claim(w, "web", 49, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(login_claim(w, "web", 50, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(login_check(w, "web", 50), NHI_ERR_UID_MOVED);
	assert_int_equal(login_claim(w, "web", 51, &uid), NHI_OK);
	assert_int_equal(login_check(w, "web", 51), NHI_OK);
	assert_int_equal(uid, 71000);
	/* The range does not matter to a written UID. */
	world_range(w, 72000, 72001, 60);
	assert_int_equal(login_claim(w, "web", 51, &uid), NHI_OK);
	assert_int_equal(uid, 71000);
	world_link(w, "uids/name/web", "71000:set:" OTHER ":99999999999");
	assert_int_equal(login_claim(w, "web", 0, &uid), NHI_OK);
}

/* The range changes between the lookup and the claim. */
static void
test_range_between(void **state)
{
	const struct world *w = *state;
	struct nhi_why why;
	uint32_t uid;
	uint64_t since = world_now();

	assert_int_equal(nhi_registry_set_range(w->uids, 75000, 75999, &why),
	    NHI_OK);
	assert_int_equal(login_claim(w, "pr-1", since, &uid), NHI_ERR_UID_MOVED);
	world_tick();
	assert_int_equal(login_claim(w, "pr-1", world_now(), &uid), NHI_OK);
	assert_in_range(uid, 75000, 75999);
	assert_int_equal(uid, world_hash(w, "pr-1"));
}

/* "uid =" changes between the lookup and the claim. */
static void
test_uid_between(void **state)
{
	const struct world *w = *state;
	struct nhi_why why;
	uint32_t uid, old;
	uint64_t since;

	assert_int_equal(nhi_registry_set(w->uids, "web", 0, &old, &why),
	    NHI_OK);
	world_tick();
	since = world_now();
	assert_int_equal(login_claim(w, "web", since, &uid), NHI_OK);
	assert_int_equal(nhi_registry_set(w->uids, "web", 90000, &uid, &why),
	    NHI_OK);
	assert_int_equal(login_claim(w, "web", since, &uid), NHI_ERR_UID_MOVED);
	world_tick();
	assert_int_equal(login_claim(w, "web", world_now(), &uid), NHI_OK);
	assert_int_equal(uid, 90000);
	/* The old number stays the name's. */
	assert_string_equal(login_owner(w, old), "web");
}

static void
test_exhausted(void **state)
{
	const struct world *w = *state;
	uint32_t uid;
	unsigned int seen = 0;
	char name[16];

	world_range(w, 70005, 70007, 1);
	for (unsigned int i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof(name), "pr-%u", i);
		if (login_claim(w, name, 2, &uid) != NHI_OK)
			assert_false(login_entry(w, name).first);
		uid = login_entry(w, name).uid;
		assert_in_range(uid, 70005, 70007);
		assert_string_equal(login_owner(w, uid), name);
		seen |= 1U << (uid - 70005);
	}
	assert_int_equal(seen, 7);
	assert_int_equal(login_claim(w, "pr-3", 2, &uid), NHI_ERR_UID_EXHAUSTED);
	assert_string_equal(world_text(w, "uids/name/pr-3"), "");
	/* Who has one keeps it. */
	assert_int_equal(login_claim(w, "pr-0", world_now() + 9, &uid), NHI_OK);
}

static void
test_range_of_one(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_range(w, NHI_UID_MAX, NHI_UID_MAX, 1);
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, NHI_UID_MAX);
	assert_int_equal(login_claim(w, "pr-2", 2, &uid), NHI_ERR_UID_EXHAUSTED);
}

/* By a person: needs an entry, writes nothing. */
static void
test_check(void **state)
{
	const struct world *w = *state;

	assert_int_equal(login_check(w, "pr-1", 9), NHI_ERR_ACCOUNT_UNKNOWN);
	assert_string_equal(world_text(w, "uids/name/pr-1"), "");
	assert_string_equal(login_owner(w, world_hash(w, "pr-1")), "");
	assert_int_not_equal(access(world_path(w, "uids/.lock"), F_OK), 0);
	assert_int_equal(login_check(w, "../x", 9), NHI_ERR_ACCOUNT_UNKNOWN);
	world_entry(w, "pr-1", 71000, "first", 1);
	world_remove(w, "uids/changed");
	assert_int_equal(login_check(w, "pr-1", 9), NHI_ERR_STATE);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, \
	world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_first),
		TEST(test_changed),
		TEST(test_collision),
		TEST(test_set),
		TEST(test_range_between),
		TEST(test_uid_between),
		TEST(test_exhausted),
		TEST(test_range_of_one),
		TEST(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
