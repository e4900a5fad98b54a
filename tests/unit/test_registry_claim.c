/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules (a) to (c).  T is the moment at which a connection began; what a
 * lookup of it can have seen is what stood there since.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/nss/world.h"

#define OTHER	"13c664cb-baf5-4b76-8e0a-e245f02de86d"
#define NOBODY	77u

/* Claim for a connection that began at this tick of this boot. */
static enum nhi_err
claim(const struct world *w, const char *name, uint64_t ticks, uint32_t *uid)
{
	struct nhi_stamp since = world_at(w, ticks);
	struct nhi_why why = { "" };
	enum nhi_err err;

	*uid = NOBODY;
	err = nhi_registry_claim(w->uids, name, &since, uid, &why);
	assert_int_equal(*uid == NOBODY, err != NHI_OK);
	assert_int_equal(why.text[0] == '\0', err == NHI_OK);
	return err;
}

static enum nhi_err
check(const struct world *w, const char *name, uint64_t ticks)
{
	struct nhi_stamp since = world_at(w, ticks);
	struct nhi_why why = { "" };
	uint32_t uid = NOBODY;
	enum nhi_err err;

	err = nhi_registry_check(w->uids, name, &since, &uid, &why);
	assert_int_equal(uid == NOBODY, err != NHI_OK);
	return err;
}

static struct nhi_uid_entry
entry(const struct world *w, const char *name)
{
	struct nhi_uid_entry e = { 0 };

	assert_int_equal(nhi_registry_find(w->uids, name, &e), 1);
	return e;
}

static const char *
owner(const struct world *w, uint32_t uid)
{
	static char name[NHI_NAME_MAX + 1];

	name[0] = '\0';
	assert_true(nhi_registry_owner(w->uids, uid, name) >= 0);
	return name;
}

/* (a), the number is free. */
static void
test_first(void **state)
{
	const struct world *w = *state;
	uint32_t hash = world_hash(w, "pr-1"), uid;
	uint64_t before = world_now();

	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, hash);
	assert_string_equal(owner(w, hash), "pr-1");
	assert_true(entry(w, "pr-1").first);
	assert_in_range(entry(w, "pr-1").stamp.ticks, before, world_now());
	assert_string_equal(entry(w, "pr-1").stamp.boot, w->boot);
	/* (b): the entry is younger than the connection, and it is no matter. */
	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, hash);
	assert_int_equal(check(w, "pr-1", 2), NHI_OK);
}

/* (a), (b): salt or range changed since then. */
static void
test_changed(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_range(w, WORLD_LO, WORLD_HI, 100);
	assert_int_equal(claim(w, "pr-1", 99, &uid), NHI_ERR_UID_MOVED);
	assert_true(entry(w, "pr-1").first);
	assert_int_equal(claim(w, "pr-1", 99, &uid), NHI_ERR_UID_MOVED);
	/* An equal tick is younger. */
	assert_int_equal(claim(w, "pr-1", 100, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(check(w, "pr-1", 100), NHI_ERR_UID_MOVED);
	assert_int_equal(claim(w, "pr-2", 100, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(claim(w, "pr-1", 101, &uid), NHI_OK);
	assert_int_equal(check(w, "pr-1", 101), NHI_OK);
	assert_int_equal(claim(w, "pr-2", 101, &uid), NHI_OK);
	/* Another boot is older, whatever it counted. */
	world_link(w, "uids/changed", OTHER ":999999999999:%u:%u", WORLD_LO,
	    WORLD_HI);
	assert_int_equal(claim(w, "pr-1", 0, &uid), NHI_OK);
	assert_int_equal(claim(w, "pr-3", 0, &uid), NHI_OK);
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
	assert_int_equal(claim(w, "pr-1", world_now() + 9, &uid),
	    NHI_ERR_UID_MOVED);
	e = entry(w, "pr-1");
	assert_false(e.first);
	assert_int_equal(e.uid, next);
	assert_string_equal(owner(w, next), "pr-1");
	assert_string_equal(owner(w, hash), "victim");
	assert_int_equal(entry(w, "victim").uid, hash);
	/* (c): the connection that saw the hash never passes; the next does. */
	assert_int_equal(claim(w, "pr-1", e.stamp.ticks, &uid),
	    NHI_ERR_UID_MOVED);
	assert_int_equal(claim(w, "pr-1", e.stamp.ticks + 1, &uid), NHI_OK);
	assert_int_equal(uid, next);
}

static void
test_set(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_entry(w, "web", 71000, "set", 50);
	assert_int_equal(claim(w, "web", 49, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(claim(w, "web", 50, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(check(w, "web", 50), NHI_ERR_UID_MOVED);
	assert_int_equal(claim(w, "web", 51, &uid), NHI_OK);
	assert_int_equal(check(w, "web", 51), NHI_OK);
	assert_int_equal(uid, 71000);
	/* The range does not matter to a written UID. */
	world_range(w, 72000, 72001, 60);
	assert_int_equal(claim(w, "web", 51, &uid), NHI_OK);
	assert_int_equal(uid, 71000);
	world_link(w, "uids/name/web", "71000:set:" OTHER ":99999999999");
	assert_int_equal(claim(w, "web", 0, &uid), NHI_OK);
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
	assert_int_equal(claim(w, "pr-1", since, &uid), NHI_ERR_UID_MOVED);
	world_tick();
	assert_int_equal(claim(w, "pr-1", world_now(), &uid), NHI_OK);
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
	assert_int_equal(claim(w, "web", since, &uid), NHI_OK);
	assert_int_equal(nhi_registry_set(w->uids, "web", 90000, &uid, &why),
	    NHI_OK);
	assert_int_equal(claim(w, "web", since, &uid), NHI_ERR_UID_MOVED);
	world_tick();
	assert_int_equal(claim(w, "web", world_now(), &uid), NHI_OK);
	assert_int_equal(uid, 90000);
	/* The old number stays the name's. */
	assert_string_equal(owner(w, old), "web");
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
		if (claim(w, name, 2, &uid) != NHI_OK)
			assert_false(entry(w, name).first);
		uid = entry(w, name).uid;
		assert_in_range(uid, 70005, 70007);
		assert_string_equal(owner(w, uid), name);
		seen |= 1U << (uid - 70005);
	}
	assert_int_equal(seen, 7);
	assert_int_equal(claim(w, "pr-3", 2, &uid), NHI_ERR_UID_EXHAUSTED);
	assert_string_equal(world_text(w, "uids/name/pr-3"), "");
	/* Who has one keeps it. */
	assert_int_equal(claim(w, "pr-0", world_now() + 9, &uid), NHI_OK);
}

static void
test_range_of_one(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_range(w, NHI_UID_MAX, NHI_UID_MAX, 1);
	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, NHI_UID_MAX);
	assert_int_equal(claim(w, "pr-2", 2, &uid), NHI_ERR_UID_EXHAUSTED);
}

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
	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_OK);
	assert_int_equal(uid, hash);
	assert_true(entry(w, "pr-1").first);
	/* The same of a search: the hash is another's, the next was taken. */
	hash = world_hash(w, "pr-2");
	assert_true(hash < WORLD_HI);
	world_entry(w, "victim", hash, "first", 1);
	(void)snprintf(path, sizeof(path), "uids/uid/%u", hash + 1);
	world_link(w, path, "pr-2");
	assert_int_equal(claim(w, "pr-2", 2, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(entry(w, "pr-2").uid, hash + 1);
	/* Nobody else takes what a crash left. */
	hash = world_hash(w, "pr-3");
	assert_true(hash < WORLD_HI);
	(void)snprintf(path, sizeof(path), "uids/uid/%u", hash);
	world_link(w, path, "pr-9");
	assert_int_equal(claim(w, "pr-3", 2, &uid), NHI_ERR_UID_MOVED);
	assert_int_not_equal(entry(w, "pr-3").uid, hash);
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
	assert_int_equal(check(w, "web", now), NHI_ERR_UID_MOVED);
	assert_int_equal(entry(w, "web").stamp.ticks, UINT64_MAX);
	assert_int_equal(claim(w, "web", now, &uid), NHI_ERR_UID_MOVED);
	assert_in_range(entry(w, "web").stamp.ticks, now, world_now());
	world_tick();
	assert_int_equal(claim(w, "web", world_now(), &uid), NHI_OK);
	assert_int_equal(uid, 71000);

	world_range(w, WORLD_LO, WORLD_HI, UINT64_MAX);
	now = world_now();
	assert_int_equal(claim(w, "pr-1", now, &uid), NHI_ERR_UID_MOVED);
	world_tick();
	assert_int_equal(claim(w, "pr-1", world_now(), &uid), NHI_OK);
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
	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_OK);
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
	assert_int_equal(claim(w, "web", 9, &uid), NHI_ERR_STATE);
	assert_int_equal(check(w, "web", 9), NHI_ERR_STATE);
	world_remove(w, "uids/uid/71000");
	assert_int_equal(claim(w, "web", 9, &uid), NHI_ERR_STATE);
	assert_int_equal(check(w, "web", 9), NHI_ERR_STATE);
	world_link(w, "uids/uid/71000", "../x");
	assert_int_equal(claim(w, "web", 9, &uid), NHI_ERR_STATE);
	world_link(w, "uids/name/web", "0:set:%s:1", w->boot);
	assert_int_equal(claim(w, "web", 9, &uid), NHI_ERR_STATE);
	assert_int_equal(check(w, "web", 9), NHI_ERR_STATE);
}

/* By a person: needs an entry, writes nothing. */
static void
test_check(void **state)
{
	const struct world *w = *state;

	assert_int_equal(check(w, "pr-1", 9), NHI_ERR_ACCOUNT_UNKNOWN);
	assert_string_equal(world_text(w, "uids/name/pr-1"), "");
	assert_string_equal(owner(w, world_hash(w, "pr-1")), "");
	assert_int_not_equal(access(world_path(w, "uids/.lock"), F_OK), 0);
	assert_int_equal(check(w, "../x", 9), NHI_ERR_ACCOUNT_UNKNOWN);
	world_entry(w, "pr-1", 71000, "first", 1);
	world_remove(w, "uids/changed");
	assert_int_equal(check(w, "pr-1", 9), NHI_ERR_STATE);
}

static void
test_no_state(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	assert_int_equal(claim(w, "../x", 2, &uid), NHI_ERR_INTERNAL);
	assert_int_equal(claim(w, "root", 2, &uid), NHI_ERR_INTERNAL);
	world_remove(w, "uids/salt");
	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_ERR_STATE);
	assert_string_equal(world_text(w, "uids/name/pr-1"), "");
	world_remove(w, "uids/changed");
	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_ERR_STATE);
	assert_int_equal(rmdir(world_path(w, "uids/name")), 0);
	assert_int_equal(claim(w, "pr-1", 2, &uid), NHI_ERR_STATE);
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
		TEST(test_crash_number),
		TEST(test_crash_stamp),
		TEST(test_crash_rename),
		TEST(test_tampered),
		TEST(test_check),
		TEST(test_no_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
