/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A crash at every step: from the k-th call that writes on, none does any
 * more.  Whatever k is, afterwards no two names have one UID, a retry passes,
 * and a connection that saw another UID than the one in force never does.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/nss/login.h"

#define NEVER	1000000

/* The linker puts these in place of the C library's (--wrap). */
int	 __real_symlinkat(const char *, int, const char *);
int	 __wrap_symlinkat(const char *, int, const char *);
int	 __real_renameat(int, const char *, int, const char *);
int	 __wrap_renameat(int, const char *, int, const char *);
int	 __real_unlinkat(int, const char *, int);
int	 __wrap_unlinkat(int, const char *, int);
int	 __real_fsync(int);
int	 __wrap_fsync(int);

static unsigned int left = NEVER;

/* A disk so slow that a connection begins just before a rename is seen. */
static uint64_t *slow;

static bool
crashed(void)
{
	if (left > 0) {
		left--;
		return false;
	}
	errno = EIO;
	return true;
}

int
__wrap_symlinkat(const char *text, int dir, const char *path)
{
	return crashed() ? -1 : __real_symlinkat(text, dir, path);
}

int
__wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (slow != NULL) {
		world_tick();
		*slow = world_now();
		world_tick();
		slow = NULL;
	}
	return crashed() ? -1 : __real_renameat(from_dir, from, to_dir, to);
}

int
__wrap_unlinkat(int dir, const char *path, int flags)
{
	return crashed() ? -1 : __real_unlinkat(dir, path, flags);
}

int
__wrap_fsync(int fd)
{
	return crashed() ? -1 : __real_fsync(fd);
}

/* Crash after k writes of the first login; how many it would have had. */
static bool
first_login(unsigned int k, bool collide)
{
	struct world *w = NULL;
	uint32_t hash, uid = 0;
	uint64_t began;
	enum nhi_err err;

	assert_int_equal(world_setup((void **)&w), 0);
	hash = world_hash(w, "pr-1");
	if (collide)
		world_entry(w, "victim", hash, "first", 1);
	began = world_now();
	left = k;
	err = login_claim(w, "pr-1", began, &uid);
	left = NEVER;
	/* Somebody else logs in before anything is mended. */
	(void)login_retry(w, "pr-2");
	uid = login_retry(w, "pr-1");
	assert_int_equal(uid == hash, !collide);
	login_pair(w, "pr-1", uid);
	login_pair(w, "pr-2", login_retry(w, "pr-2"));
	if (collide) {
		login_pair(w, "victim", hash);
		assert_int_equal(login_claim(w, "pr-1", began, &uid),
		    NHI_ERR_UID_MOVED);
	}
	assert_int_equal(world_teardown((void **)&w), 0);
	return err == NHI_ERR_STATE;
}

static void
test_first_login(void **state)
{
	unsigned int k = 0;

	(void)state;
	while (first_login(k, false))
		k++;
	/* Number, sync, temporary link, rename, sync. */
	assert_int_equal(k, 5);
}

static void
test_collision(void **state)
{
	unsigned int k = 0;

	(void)state;
	while (first_login(k, true))
		k++;
	/* The entry is written twice. */
	assert_int_equal(k, 8);
}

/* "uid =" in the policy while a connection is under way. */
static bool
moved(unsigned int k)
{
	struct world *w = NULL;
	struct nhi_why why;
	uint32_t uid = 0;
	uint64_t began;
	enum nhi_err err;

	assert_int_equal(world_setup((void **)&w), 0);
	world_entry(w, "web", 71000, "set", 1);
	began = world_now();
	assert_int_equal(login_claim(w, "web", began, &uid), NHI_OK);
	left = k;
	err = nhi_registry_set(w->uids, "web", 90000, &uid, &why);
	left = NEVER;
	/* The old UID is in force and passes, or the new one and does not. */
	if (login_claim(w, "web", began, &uid) == NHI_OK)
		assert_int_equal(uid, 71000);
	uid = login_retry(w, "web");
	login_pair(w, "web", uid);
	assert_int_equal(nhi_registry_set(w->uids, "web", 90000, &uid, &why),
	    NHI_OK);
	assert_int_equal(login_retry(w, "web"), 90000);
	assert_int_equal(login_claim(w, "web", began, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(world_teardown((void **)&w), 0);
	return err != NHI_OK;
}

static void
test_moved(void **state)
{
	unsigned int k = 0;

	(void)state;
	while (moved(k))
		k++;
	assert_int_equal(k, 8);
}

/* A new range: the hash that a connection saw is of the old one. */
static bool
ranged(unsigned int k)
{
	struct world *w = NULL;
	struct nhi_why why;
	uint32_t hash, uid = 0;
	uint64_t began;
	enum nhi_err err;

	assert_int_equal(world_setup((void **)&w), 0);
	hash = world_hash(w, "pr-1");
	began = world_now();
	left = k;
	err = nhi_registry_set_range(w->uids, 90000, 99999, &why);
	left = NEVER;
	if (login_claim(w, "pr-1", began, &uid) == NHI_OK)
		assert_int_equal(uid, hash);
	login_pair(w, "pr-1", login_retry(w, "pr-1"));
	assert_int_equal(nhi_registry_set_range(w->uids, 90000, 99999, &why),
	    NHI_OK);
	assert_in_range(login_retry(w, "pr-2"), 90000, 99999);
	assert_int_equal(login_claim(w, "pr-3", began, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(world_teardown((void **)&w), 0);
	return err != NHI_OK;
}

static void
test_ranged(void **state)
{
	unsigned int k = 0;

	(void)state;
	while (ranged(k))
		k++;
	assert_int_equal(k, 6);
}

/* A lost salt is made anew; connections that began before do not pass. */
static bool
resalted(unsigned int k)
{
	struct world *w = NULL;
	struct nhi_why why;
	uint32_t uid = 0;
	uint64_t began;
	enum nhi_err err;

	assert_int_equal(world_setup((void **)&w), 0);
	world_remove(w, "uids/salt");
	began = world_now();
	left = k;
	err = nhi_registry_init(w->uids, &why);
	left = NEVER;
	assert_int_not_equal(login_claim(w, "pr-1", began, &uid), NHI_OK);
	assert_int_equal(nhi_registry_init(w->uids, &why), NHI_OK);
	login_pair(w, "pr-1", login_retry(w, "pr-1"));
	assert_int_equal(login_claim(w, "pr-2", began, &uid), NHI_ERR_UID_MOVED);
	assert_int_equal(world_teardown((void **)&w), 0);
	return err != NHI_OK;
}

static void
test_resalted(void **state)
{
	unsigned int k = 0;

	(void)state;
	while (resalted(k))
		k++;
	/* Range, salt (write, rename, sync of the directory), range. */
	assert_int_equal(k, 9);
}

/* The connection began after the stamp, and still saw the old answer. */
static void
test_slow(void **state)
{
	const struct world *w = *state;
	struct nhi_why why;
	uint32_t hash = world_hash(w, "pr-1"), uid;
	uint64_t began = 0;

	world_entry(w, "victim", hash, "first", 1);
	slow = &began;
	assert_int_equal(login_claim(w, "pr-1", 2, &uid), NHI_ERR_UID_MOVED);
	assert_int_not_equal(began, 0);
	assert_int_equal(login_claim(w, "pr-1", began, &uid),
	    NHI_ERR_UID_MOVED);
	slow = &began;
	assert_int_equal(nhi_registry_set(w->uids, "victim", 90000, &uid,
	    &why), NHI_OK);
	assert_int_equal(login_claim(w, "victim", began, &uid),
	    NHI_ERR_UID_MOVED);
	slow = &began;
	assert_int_equal(nhi_registry_set_range(w->uids, 90000, 99999, &why),
	    NHI_OK);
	assert_int_equal(login_claim(w, "pr-3", began, &uid),
	    NHI_ERR_UID_MOVED);
	assert_null(slow);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_login),
		cmocka_unit_test(test_collision),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_ranged),
		cmocka_unit_test(test_resalted),
		cmocka_unit_test_setup_teardown(test_slow, world_setup,
		    world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
