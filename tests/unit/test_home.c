/* SPDX-License-Identifier: BSD-2-Clause */
/* Which homes are lent: what is noted, when, and what survives a crash. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/home.h"
#include "tests/unit/temp_dir.h"

static unsigned int synced;
static bool broken;

int	 __real_fsync(int);
int	 __wrap_fsync(int);

int
__wrap_fsync(int fd)
{
	synced++;
	if (!broken)
		return __real_fsync(fd);
	errno = EIO;
	return -1;
}

static int
setup(void **state)
{
	(void)temp_setup(state);
	synced = 0;
	broken = false;
	return mkdir(temp_path(dir, "web"), 0755) != 0;
}

static enum nhi_err
lend(uint32_t uid, bool lent)
{
	return nhi_home_lend(dir, "web", uid, lent, NULL);
}

static ino_t
note(void)
{
	struct stat st;

	return lstat(temp_path(dir, ".lent/web"), &st) == 0 ? st.st_ino : 0;
}

static void
lent(void **state)
{
	bool gone = false;
	ino_t first;

	(void)state;
	assert_int_equal(lend(geteuid(), true), NHI_OK);
	assert_int_not_equal(first = note(), 0);
	/* The next session has nothing to write. */
	assert_int_equal(lend(geteuid(), true), NHI_OK);
	assert_int_equal(note(), first);
	/* Under a lock of all logins: nobody waits for the disk. */
	assert_int_equal(synced, 0);
	assert_int_equal(lend(geteuid() + 1, true), NHI_OK);
	assert_int_not_equal(note(), first);
	assert_int_equal(lend(geteuid(), true), NHI_OK);
	assert_int_equal(nhi_home_return(dir, "web", &gone, NULL), NHI_OK);
	assert_true(gone);
	assert_int_equal(note(), 0);
	assert_int_equal(nhi_home_return(dir, "web", &gone, NULL), NHI_OK);
	assert_false(gone);
}

/* The home is the account's own again, whatever happens then. */
static void
kept(void **state)
{
	(void)state;
	assert_int_equal(lend(geteuid(), false), NHI_OK);
	assert_int_equal(lend(geteuid(), true), NHI_OK);
	assert_int_equal(synced, 0);
	assert_int_equal(lend(geteuid(), false), NHI_OK);
	assert_int_equal(synced, 1);
	assert_int_equal(note(), 0);
	assert_int_equal(lend(geteuid(), false), NHI_OK);
	assert_int_equal(synced, 1);
	/* What may come back has not gone. */
	assert_int_equal(lend(geteuid(), true), NHI_OK);
	broken = true;
	assert_int_equal(lend(geteuid(), false), NHI_ERR_STATE);
}

/* Nothing of the account's is asked for it. */
static void
strange(void **state)
{
	(void)state;
	assert_int_equal(lend(geteuid(), true), NHI_OK);
	assert_int_equal(unlink(temp_path(dir, ".lent/web")), 0);
	assert_int_equal(symlink("x", temp_path(dir, ".lent/web")), 0);
	assert_false(nhi_home_free(dir, "web"));
	assert_int_equal(nhi_home_return(dir, "web", &(bool){ false }, NULL),
	    NHI_ERR_STATE);
	assert_int_equal(access(temp_path(dir, "web"), F_OK), 0);
	assert_int_equal(lend(geteuid(), true), NHI_OK);
	assert_int_equal(nhi_home_return(dir, "web", &(bool){ false }, NULL),
	    NHI_OK);
	assert_int_not_equal(access(temp_path(dir, "web"), F_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(lent, setup),
		TEMP_TEST(kept, setup),
		TEMP_TEST(strange, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
