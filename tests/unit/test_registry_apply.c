/* SPDX-License-Identifier: BSD-2-Clause */
/* What apply and setup write. */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "tests/nss/login.h"

static enum nhi_err
set(const struct world *w, const char *name, uint32_t wanted, uint32_t *uid)
{
	struct nhi_why why = { "" };
	enum nhi_err err;

	*uid = 77;
	err = nhi_registry_set(w->uids, name, wanted, uid, &why);
	assert_int_equal(*uid == 77, err != NHI_OK);
	assert_int_equal(why.text[0] == '\0', err == NHI_OK);
	return err;
}

static void
test_set(void **state)
{
	const struct world *w = *state;
	uint32_t uid, hash = world_hash(w, "web");
	char before[128], after[128];

	assert_int_equal(set(w, "web", 0, &uid), NHI_OK);
	assert_int_equal(uid, hash);
	assert_false(login_entry(w, "web").first);
	assert_string_equal(login_owner(w, hash), "web");
	/* Nothing is written where nothing changes. */
	(void)snprintf(before, sizeof(before), "%s",
	    world_text(w, "uids/name/web"));
	world_tick();
	assert_int_equal(set(w, "web", 0, &uid), NHI_OK);
	assert_int_equal(set(w, "web", hash, &uid), NHI_OK);
	(void)snprintf(after, sizeof(after), "%s",
	    world_text(w, "uids/name/web"));
	assert_string_equal(before, after);
	/* An entry of a first login is kept, too. */
	world_entry(w, "old", 71000, "first", 1);
	assert_int_equal(set(w, "old", 0, &uid), NHI_OK);
	assert_int_equal(uid, 71000);
	assert_true(login_entry(w, "old").first);
	/* The hash is another's: the next number. */
	hash = world_hash(w, "web2");
	world_entry(w, "victim", hash, "first", 1);
	assert_int_equal(set(w, "web2", 0, &uid), NHI_OK);
	assert_int_equal(uid, hash == WORLD_HI ? WORLD_LO : hash + 1);
}

static void
test_wanted(void **state)
{
	const struct world *w = *state;
	uint32_t uid, first;
	uint64_t now;

	assert_int_equal(set(w, "web", 0, &first), NHI_OK);
	now = world_now();
	assert_int_equal(set(w, "web", 90000, &uid), NHI_OK);
	assert_int_equal(uid, 90000);
	assert_false(login_entry(w, "web").first);
	assert_in_range(login_entry(w, "web").stamp.ticks, now, world_now());
	/* Both numbers are the name's for good. */
	assert_string_equal(login_owner(w, 90000), "web");
	assert_string_equal(login_owner(w, first), "web");
	assert_int_equal(set(w, "other", first, &uid),
	    NHI_ERR_UID_EXHAUSTED);
	assert_int_equal(set(w, "other", 90000, &uid),
	    NHI_ERR_UID_EXHAUSTED);
	assert_string_equal(world_text(w, "uids/name/other"), "");
	/* And back: its own tombstone. */
	assert_int_equal(set(w, "web", first, &uid), NHI_OK);
	assert_int_equal(login_entry(w, "web").uid, first);
	/* Not what NSS would never answer. */
	assert_int_equal(set(w, "web", 1, &uid), NHI_ERR_STATE);
	assert_int_equal(set(w, "web", NHI_UID_MIN - 1, &uid), NHI_ERR_STATE);
	assert_int_equal(set(w, "web", NHI_UID_MAX + 1, &uid), NHI_ERR_STATE);
	assert_int_equal(set(w, "web", NHI_UID_MIN, &uid), NHI_OK);
	assert_int_equal(set(w, "web", NHI_UID_MAX, &uid), NHI_OK);
	assert_int_equal(set(w, "root", 0, &uid), NHI_ERR_INTERNAL);
}

static void
test_set_exhausted(void **state)
{
	const struct world *w = *state;
	uint32_t uid;

	world_range(w, 70000, 70001, 1);
	assert_int_equal(set(w, "a", 0, &uid), NHI_OK);
	assert_int_equal(set(w, "b", 0, &uid), NHI_OK);
	assert_int_equal(set(w, "c", 0, &uid), NHI_ERR_UID_EXHAUSTED);
	assert_int_equal(set(w, "c", 70002, &uid), NHI_OK);
}

/* A crash in the middle of the last apply. */
static void
test_set_crash(void **state)
{
	const struct world *w = *state;
	uint32_t uid;
	uint64_t now = world_now();

	world_entry(w, "web", 71000, "set", UINT64_MAX);
	assert_int_equal(set(w, "web", 0, &uid), NHI_OK);
	assert_in_range(login_entry(w, "web").stamp.ticks, now, world_now());
	world_link(w, "uids/uid/71001", "victim");
	world_link(w, "uids/name/web", "71001:set:%s:1", w->boot);
	assert_int_equal(set(w, "web", 0, &uid), NHI_ERR_STATE);
}

static void
test_range(void **state)
{
	const struct world *w = *state;
	struct nhi_uid_range range;
	struct nhi_why why;
	uint64_t now = world_now();

	assert_int_equal(nhi_registry_set_range(w->uids, WORLD_LO, WORLD_HI,
	    &why), NHI_OK);
	assert_int_equal(nhi_registry_range(w->uids, &range), 1);
	assert_int_equal(range.changed.ticks, 1);
	assert_int_equal(nhi_registry_set_range(w->uids, WORLD_LO,
	    WORLD_HI + 1, &why), NHI_OK);
	assert_int_equal(nhi_registry_range(w->uids, &range), 1);
	assert_in_range(range.changed.ticks, now, world_now());
	assert_int_equal(range.hi, WORLD_HI + 1);
	assert_int_equal(nhi_registry_set_range(w->uids, WORLD_LO + 1,
	    WORLD_HI + 1, &why), NHI_OK);
	assert_int_equal(nhi_registry_range(w->uids, &range), 1);
	assert_int_equal(range.lo, WORLD_LO + 1);
	/* A crash before the time was written. */
	world_range(w, WORLD_LO, WORLD_HI, UINT64_MAX);
	assert_int_equal(nhi_registry_set_range(w->uids, WORLD_LO, WORLD_HI,
	    &why), NHI_OK);
	assert_int_equal(nhi_registry_range(w->uids, &range), 1);
	assert_in_range(range.changed.ticks, now, world_now());
	/* Rubbish is written anew. */
	world_link(w, "uids/changed", "x");
	assert_int_equal(nhi_registry_set_range(w->uids, 80000, 80000, &why),
	    NHI_OK);
	assert_int_equal(nhi_registry_range(w->uids, &range), 1);
	assert_int_equal(range.lo, 80000);
	assert_int_equal(nhi_registry_set_range(w->uids, 80001, 80000, &why),
	    NHI_ERR_STATE);
	assert_int_equal(nhi_registry_set_range(w->uids, 65535, 80000, &why),
	    NHI_ERR_STATE);
	assert_int_equal(nhi_registry_set_range(w->uids, 80000,
	    NHI_UID_MAX + 1, &why), NHI_ERR_STATE);
}

static void
salt_of(const struct world *w, struct nhi_buf *b)
{
	struct nhi_why why;

	nhi_buf_reset(b);
	assert_int_equal(nhi_file_read(AT_FDCWD, world_path(w,
	    "new/salt"), NHI_FILE_OWN, b, &why), NHI_OK);
	assert_int_equal(b->n, 16);
}

static void
test_init(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf one = NHI_BUF(64);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf two = NHI_BUF(64);
	const struct world *w = *state;
	struct nhi_uid_range range;
	struct nhi_why why;
	struct stat st;
	char dir[128];
	uint64_t now;

	(void)snprintf(dir, sizeof(dir), "%s/new", w->root);
	(void)umask(0);
	assert_int_equal(nhi_registry_init(dir, &why), NHI_OK);
	assert_int_equal(stat(world_path(w, "new/salt"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(stat(world_path(w, "new/name"), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0755);
	assert_int_equal(stat(world_path(w, "new/uid"), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0755);
	salt_of(w, &one);
	assert_memory_not_equal(one.p, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	/* Once means once. */
	assert_int_equal(nhi_registry_init(dir, &why), NHI_OK);
	salt_of(w, &two);
	assert_memory_equal(one.p, two.p, 16);
	/* A salt that was lost moves the UIDs: everything is younger. */
	world_link(w, "new/changed", "%s:1:70000:70001", w->boot);
	world_remove(w, "new/salt");
	now = world_now();
	assert_int_equal(nhi_registry_init(dir, &why), NHI_OK);
	salt_of(w, &two);
	assert_memory_not_equal(one.p, two.p, 16);
	assert_int_equal(nhi_registry_range(dir, &range), 1);
	assert_in_range(range.changed.ticks, now, world_now());
	assert_int_equal(range.hi, 70001);
	/* A salt that is damaged is not replaced in silence. */
	assert_int_equal(truncate(world_path(w, "new/salt"), 3), 0);
	assert_int_equal(nhi_registry_init(dir, &why), NHI_ERR_STATE);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, \
	world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_set),
		TEST(test_wanted),
		TEST(test_set_exhausted),
		TEST(test_set_crash),
		TEST(test_range),
		TEST(test_init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
