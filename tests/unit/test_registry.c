/* SPDX-License-Identifier: BSD-2-Clause */
/* The lookups. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/siphash.h"
#include "tests/nss/world.h"

#define BOOT	"03c664cb-baf5-4b76-8e0a-e245f02de86d"

static const struct {
	const char *text;
	uint32_t uid;		/* 0: corrupt */
	bool first;
} entries[] = {
	{ "70000:first:" BOOT ":5", 70000, true },
	{ "70000:set:" BOOT ":5", 70000, false },
	{ "65536:set:" BOOT ":5", 65536, false },
	{ "2147483646:set:" BOOT ":5", 2147483646, false },
	{ "2147483647:set:" BOOT ":5", 0, false },
	{ "4294967295:set:" BOOT ":5", 0, false },
	{ "4295037296:set:" BOOT ":5", 0, false },
	{ "65535:set:" BOOT ":5", 0, false },
	{ "0:set:" BOOT ":5", 0, false },
	{ "070000:set:" BOOT ":5", 0, false },
	{ "-1:set:" BOOT ":5", 0, false },
	{ "70000:Set:" BOOT ":5", 0, false },
	{ "70000::" BOOT ":5", 0, false },
	{ "70000:set:" BOOT, 0, false },
	{ "70000:set:" BOOT ":5:", 0, false },
	{ "70000:set", 0, false },
	{ "70000", 0, false },
	{ "x", 0, false },
};

static void
test_entries(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct nhi_uid_entry e = { .uid = 77 };
		uint32_t uid = 77;
		bool good = entries[i].uid != 0;

		world_link(w, "uids/name/web", "%s", entries[i].text);
		errno = 0;
		assert_int_equal(nhi_registry_find(w->uids, "web", &e),
		    good ? 1 : -1);
		assert_int_equal(errno, good ? 0 : EBADMSG);
		assert_int_equal(e.uid, good ? entries[i].uid : 77);
		if (good)
			assert_int_equal(e.first, entries[i].first);
		/* A corrupt entry is no reason to answer with the hash. */
		assert_int_equal(nhi_registry_lookup(w->uids, "web", &uid),
		    good ? 1 : -1);
		assert_int_equal(uid, good ? entries[i].uid : 77);
	}
}

static void
test_owner(void **state)
{
	const struct world *w = *state;
	char name[NHI_NAME_MAX + 1] = "untouched";

	assert_int_equal(nhi_registry_owner(w->uids, 70000, name), 0);
	world_link(w, "uids/uid/70000", "../evil");
	assert_int_equal(nhi_registry_owner(w->uids, 70000, name), -1);
	assert_int_equal(errno, EBADMSG);
	world_link(w, "uids/uid/70000", "a23456789012345678901234567890xx");
	assert_int_equal(nhi_registry_owner(w->uids, 70000, name), -1);
	assert_string_equal(name, "untouched");
	world_link(w, "uids/uid/70000", "a23456789012345678901234567890x");
	assert_int_equal(nhi_registry_owner(w->uids, 70000, name), 1);
	assert_string_equal(name, "a23456789012345678901234567890x");
	/* Out of range: not even looked for. */
	world_link(w, "uids/uid/65535", "web");
	world_link(w, "uids/uid/2147483647", "web");
	assert_int_equal(nhi_registry_owner(w->uids, 65535, name), 0);
	assert_int_equal(nhi_registry_owner(w->uids, 2147483647, name), 0);
	assert_int_equal(nhi_registry_owner(w->uids, 0, name), 0);
	assert_int_equal(nhi_registry_owner(w->uids, UINT32_MAX, name), 0);
}

static void
test_ranges(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ BOOT ":5:70000:70001", true },
		{ BOOT ":5:70000:70000", true },
		{ BOOT ":5:65536:2147483646", true },
		{ BOOT ":5:70001:70000", false },
		{ BOOT ":5:65535:70000", false },
		{ BOOT ":5:0:70000", false },
		{ BOOT ":5:70000:2147483647", false },
		{ BOOT ":5:70000", false },
		{ BOOT ":5:70000:", false },
		{ BOOT ":5:70000:70001:", false },
		{ BOOT ":5", false },
		{ BOOT, false },
		{ "x", false },
		{ "::", false },
	};
	const struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nhi_uid_range r = { .lo = 77 };

		world_link(w, "uids/changed", "%s", rows[i].text);
		assert_int_equal(nhi_registry_range(w->uids, &r),
		    rows[i].good ? 1 : -1);
		if (!rows[i].good)
			assert_int_equal(r.lo, 77);
	}
	world_remove(w, "uids/changed");
	struct nhi_uid_range r;
	assert_int_equal(nhi_registry_range(w->uids, &r), 0);
}

static void
test_hash(void **state)
{
	const struct world *w = *state;
	struct nhi_uid_range r = { .lo = 70000, .hi = 70000 };
	uint32_t uid = 0;

	assert_int_equal(nhi_registry_hash(w->uids, "pr-1", &r, &uid), 1);
	assert_int_equal(uid, 70000);
	/* The pure function, computed here from what the header says. */
	r = (struct nhi_uid_range){ .lo = NHI_UID_LO, .hi = NHI_UID_HI };
	assert_int_equal(nhi_registry_hash(w->uids, "pr-1", &r, &uid), 1);
	assert_int_equal(uid, NHI_UID_LO + nhi_siphash(
	    (const uint8_t *)"0123456789abcdef", "pr-1", 4) %
	    (NHI_UID_HI - NHI_UID_LO + 1));
	/* The whole space: no overflow. */
	r = (struct nhi_uid_range){ .lo = NHI_UID_MIN, .hi = NHI_UID_MAX };
	assert_int_equal(nhi_registry_hash(w->uids, "pr-2", &r, &uid), 1);
	assert_in_range(uid, NHI_UID_MIN, NHI_UID_MAX);
	assert_int_equal(nhi_registry_hash(w->uids, "Pr", &r, &uid), 0);
}

static void
test_salt(void **state)
{
	const struct world *w = *state;
	const char *salt = world_path(w, "uids/salt");
	uint32_t uid = 77;

	assert_int_equal(truncate(salt, 17), 0);
	assert_int_equal(nhi_registry_hash(w->uids, "pr-1",
	    &(struct nhi_uid_range){ .lo = 70000, .hi = 70001 }, &uid), -1);
	assert_int_equal(truncate(salt, 15), 0);
	assert_int_equal(nhi_registry_hash(w->uids, "pr-1",
	    &(struct nhi_uid_range){ .lo = 70000, .hi = 70001 }, &uid), -1);
	assert_int_equal(truncate(salt, 16), 0);
	assert_int_equal(chmod(salt, 0622), 0);
	assert_int_equal(nhi_registry_hash(w->uids, "pr-1",
	    &(struct nhi_uid_range){ .lo = 70000, .hi = 70001 }, &uid), -1);
	assert_int_equal(unlink(salt), 0);
	assert_int_equal(nhi_registry_hash(w->uids, "pr-1",
	    &(struct nhi_uid_range){ .lo = 70000, .hi = 70001 }, &uid), 0);
	assert_int_equal(uid, 77);
}

static int
lookup_hashed(const struct world *w)
{
	uint32_t uid;

	return nhi_registry_lookup(w->uids, "pr-1", &uid);
}

/* The hash is for root; an entry is for everybody. */
static void
test_lookup(void **state)
{
	const struct world *w = *state;
	uint32_t uid = 0;

	if (geteuid() != 0) {
		assert_int_equal(lookup_hashed(w), 0);
		return;
	}
	assert_int_equal(nhi_registry_lookup(w->uids, "pr-1", &uid), 1);
	assert_int_equal(uid, world_hash(w, "pr-1"));
	assert_int_equal(world_as(65534, lookup_hashed, w), 0);
	/* Even where everybody could read the salt. */
	assert_int_equal(chmod(world_path(w, "uids/salt"), 0644), 0);
	assert_int_equal(world_as(65534, lookup_hashed, w), 0);
	world_entry(w, "pr-1", 71234, "first", 1);
	assert_int_equal(world_as(65534, lookup_hashed, w), 1);
	assert_int_equal(nhi_registry_lookup(w->uids, "pr-1", &uid), 1);
	assert_int_equal(uid, 71234);
	/* No salt, no range: not found. */
	world_remove(w, "uids/changed");
	assert_int_equal(nhi_registry_lookup(w->uids, "pr-2", &uid), 0);
	world_range(w, 70000, 70001, 1);
	world_remove(w, "uids/salt");
	assert_int_equal(nhi_registry_lookup(w->uids, "pr-2", &uid), 0);
}

static void
test_no_registry(void **state)
{
	struct nhi_uid_entry e;
	char name[NHI_NAME_MAX + 1];
	uint32_t uid;

	(void)state;
	assert_int_equal(nhi_registry_find("/none", "a", &e), 0);
	assert_int_equal(nhi_registry_lookup("/none", "a", &uid), 0);
	assert_int_equal(nhi_registry_owner("/none", 70000, name), 0);
	assert_int_equal(nhi_registry_find("/proc/self/comm", "a", &e), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(nhi_registry_find("/proc/self/comm", "a/b", &e), 0);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, \
	world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_entries),
		TEST(test_owner),
		TEST(test_ranges),
		TEST(test_hash),
		TEST(test_salt),
		TEST(test_lookup),
		TEST(test_no_registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
