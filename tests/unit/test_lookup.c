/* SPDX-License-Identifier: BSD-2-Clause */
/* Which names and numbers resolve for whom. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nss_nhi/lookup.h"
#include "tests/nss/world.h"

#define OTHER	"13c664cb-baf5-4b76-8e0a-e245f02de86d"

static int
setup(void **state)
{
	const struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	world_link(w, "published/1/names/web", "/home/web:/bin/sh:900,33");
	world_link(w, "published/1/templates/pr-",
	    "pr-*-*:/homes/:/bin/sh:900");
	world_entry(w, "web", 71000, "set", 1);
	return 0;
}

static int
by_name(const struct world *w, const char *name, struct nhi_nss_user *u)
{
	errno = 0;
	return nhi_nss_find_name(&w->paths, name, u);
}

static int
by_uid(const struct world *w, uint32_t uid, struct nhi_nss_user *u)
{
	errno = 0;
	return nhi_nss_find_uid(&w->paths, uid, u);
}

/* The exit status of a child cannot be -1. */
static int
status(int r, const struct nhi_nss_user *u, uint32_t want)
{
	return r == 1 ? (u->uid == want ? 1 : 9) : r == 0 ? 0 : 2;
}

static int
web_by_name(const struct world *w)
{
	struct nhi_nss_user u;

	return status(by_name(w, "web", &u), &u, 71000);
}

static int
pr_by_name(const struct world *w)
{
	struct nhi_nss_user u;

	return status(by_name(w, "pr-1-2", &u), &u, 72000);
}

static int
pr_by_uid(const struct world *w)
{
	struct nhi_nss_user u;

	return status(by_uid(w, 72000, &u), &u, 72000);
}

/* Both as who runs the test and, where that is root, as nobody. */
static void
both(const struct world *w, int (*fn)(const struct world *), int want)
{
	assert_int_equal(fn(w), want);
	if (geteuid() == 0)
		assert_int_equal(world_as(65534, fn, w), want);
}

static void
test_declared(void **state)
{
	const struct world *w = *state;
	struct nhi_nss_user u;

	both(w, web_by_name, 1);
	assert_int_equal(by_name(w, "web", &u), 1);
	assert_string_equal(u.account.home, "/home/web");
	assert_int_equal(by_uid(w, 71000, &u), 1);
	assert_string_equal(u.account.name, "web");
	assert_string_equal(u.account.home, "/home/web");
	assert_int_equal(u.account.ngroups, 2);
	/* The group map asks the same functions; no lease is needed. */
}

/* For root as soon as the name fits, and nothing is written. */
static void
test_template_root(void **state)
{
	const struct world *w = *state;
	struct nhi_nss_user u;
	uint32_t hash = world_hash(w, "pr-1-2");

	if (geteuid() != 0) {
		assert_int_equal(by_name(w, "pr-1-2", &u), 0);
		return;
	}
	assert_int_equal(by_name(w, "pr-1-2", &u), 1);
	assert_int_equal(u.uid, hash);
	assert_string_equal(u.account.home, "/homes/pr-1-2");
	assert_string_equal(world_text(w, "uids/name/pr-1-2"), "");
	assert_int_equal(by_uid(w, hash, &u), 0);
	/* A lookup never probes: the hash, whoever has that number. */
	world_entry(w, "victim", hash, "first", 1);
	assert_int_equal(by_name(w, "pr-1-2", &u), 1);
	assert_int_equal(u.uid, hash);
	/* The written UID, once there is one. */
	world_entry(w, "pr-1-2", 72000, "set", 1);
	assert_int_equal(by_name(w, "pr-1-2", &u), 1);
	assert_int_equal(u.uid, 72000);
	assert_int_equal(by_name(w, "pr-1", &u), 0);
	assert_int_equal(by_name(w, "pr-", &u), 0);
}

/* For others with a live lease and an entry. */
static void
test_template_others(void **state)
{
	const struct world *w = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(world_as(65534, pr_by_name, w), 0);
	world_link(w, "leases/pr-1-2", "%s:72000:1", w->boot);
	assert_int_equal(world_as(65534, pr_by_name, w), 0);
	world_entry(w, "pr-1-2", 72000, "first", 1);
	assert_int_equal(world_as(65534, pr_by_name, w), 1);
	assert_int_equal(pr_by_name(w), 1);
	world_remove(w, "leases/pr-1-2");
	assert_int_equal(world_as(65534, pr_by_name, w), 0);
	world_link(w, "leases/pr-1-2", OTHER ":72000:1");
	assert_int_equal(world_as(65534, pr_by_name, w), 0);
	/* By number it resolves for as long as there are files of it. */
	assert_int_equal(world_as(65534, pr_by_uid, w), 1);
	assert_int_equal(pr_by_uid(w), 1);
	/* A lease that makes no sense is trouble, not an answer. */
	world_link(w, "leases/pr-1-2", "%s:0:1", w->boot);
	assert_int_equal(world_as(65534, pr_by_name, w), 2);
}

/* The policy has no such account any more. */
static void
test_former(void **state)
{
	const struct world *w = *state;
	struct nhi_nss_user u;

	world_remove(w, "published/1/names/web");
	assert_int_equal(by_name(w, "web", &u), 0);
	assert_int_equal(by_uid(w, 71000, &u), 1);
	assert_string_equal(u.account.name, "web");
	assert_string_equal(u.account.home, "/");
	assert_string_equal(u.account.shell, "/usr/sbin/nologin");
	assert_int_equal(u.account.ngroups, 0);
	world_remove(w, "published/current");
	assert_int_equal(by_uid(w, 71000, &u), 1);
	assert_string_equal(u.account.shell, "/usr/sbin/nologin");
}

/* Numbers that are not, or not any more, a name's. */
static void
test_tombstones(void **state)
{
	const struct world *w = *state;
	struct nhi_nss_user u;

	world_entry(w, "web", 71001, "set", 1);
	assert_int_equal(by_uid(w, 71001, &u), 1);
	assert_int_equal(by_uid(w, 71000, &u), 0);
	/* A claim that crashed. */
	world_link(w, "uids/uid/71002", "pr-9-9");
	assert_int_equal(by_uid(w, 71002, &u), 0);
	/* Names that are not for us. */
	world_entry(w, "root", 71003, "set", 1);
	assert_int_equal(by_uid(w, 71003, &u), 0);
	world_link(w, "uids/uid/71004", "../name/web");
	assert_int_equal(by_uid(w, 71004, &u), -1);
	assert_int_equal(errno, EBADMSG);
}

/* No I/O for other people's numbers: there is not even a directory. */
static void
test_foreign(void **state)
{
	const struct nhi_nss_paths none = {
		"/proc/self/comm", "/proc/self/comm", "/proc/self/comm" };
	static const uint32_t uids[] = {
		0, 1, 1000, 65533, 65534, 65535, 2147483647, 2147483648,
		4294967294, 4294967295,
	};
	struct nhi_nss_user u;

	(void)state;
	for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++) {
		errno = 0;
		assert_int_equal(nhi_nss_find_uid(&none, uids[i], &u), 0);
		assert_int_equal(errno, 0);
	}
	assert_int_equal(nhi_nss_find_uid(&none, 65536, &u), -1);
	assert_int_equal(nhi_nss_find_uid(&none, 2147483646, &u), -1);
	assert_int_equal(errno, ENOTDIR);
}

/* A UID of the system never comes out of a damaged file. */
static void
test_low_numbers(void **state)
{
	static const char *const uids[] = {
		"0", "1", "1000", "65535", "2147483647", "4294967295",
		"4294967296", "18446744073709551616", "", "-1", " 71000",
	};
	const struct world *w = *state;
	struct nhi_nss_user u;

	for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++) {
		world_link(w, "uids/name/web", "%s:set:%s:1", uids[i],
		    w->boot);
		assert_int_equal(by_name(w, "web", &u), -1);
		assert_int_equal(errno, EBADMSG);
		assert_int_equal(by_uid(w, 71000, &u), -1);
	}
}

static void
test_status(void **state)
{
	int err = 7;

	(void)state;
	assert_int_equal(nhi_nss_miss(0, &err), NSS_STATUS_NOTFOUND);
	assert_int_equal(err, ENOENT);
	errno = EACCES;
	assert_int_equal(nhi_nss_miss(-1, &err), NSS_STATUS_UNAVAIL);
	assert_int_equal(err, EACCES);
	/* glibc would come again with a larger buffer, for ever. */
	errno = ERANGE;
	assert_int_equal(nhi_nss_miss(-1, &errno), NSS_STATUS_UNAVAIL);
	assert_int_equal(errno, EIO);
	assert_int_equal(nhi_nss_small(&errno), NSS_STATUS_TRYAGAIN);
	assert_int_equal(errno, ERANGE);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_declared),
		TEST(test_template_root),
		TEST(test_template_others),
		TEST(test_former),
		TEST(test_tombstones),
		TEST(test_foreign),
		TEST(test_low_numbers),
		TEST(test_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
