/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "tests/unit/list_fails.h"
#include "tests/unit/temp_dir.h"

static unsigned int
count(DIR *list)
{
	const struct dirent *de;
	unsigned int n = 0;

	while ((de = nhi_list_next(list)) != NULL) {
		assert_string_not_equal(de->d_name, ".");
		assert_string_not_equal(de->d_name, "..");
		errno = EDOM;
		n++;
	}
	return n;
}

/* Whatever errno was, and however often: the end is the end. */
static void
test_next(void **state)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;

	(void)state;
	assert_non_null(list = nhi_list_open(AT_FDCWD, dir));
	errno = EDOM;
	assert_int_equal(count(list), 0);
	assert_int_equal(errno, 0);
	nhi_list_close(&list);
	temp_write(temp_path(dir, ".hidden"), "");
	temp_write(temp_path(dir, "..."), "");
	assert_int_equal(mkdir(temp_path(dir, "a"), 0700), 0);
	assert_non_null(list = nhi_list_open(AT_FDCWD, dir));
	assert_int_equal(count(list), 3);
	assert_int_equal(errno, 0);
	assert_null(nhi_list_next(list));
	assert_int_equal(errno, 0);
}

static void
test_fails(void **state)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;

	(void)state;
	assert_non_null(list = nhi_list_open(AT_FDCWD, dir));
	list_fails = true;
	assert_null(nhi_list_next(list));
	list_fails = false;
	assert_int_equal(errno, EIO);
	nhi_list_close(&list);
	assert_int_equal(errno, EIO);
	assert_null(list);
}

/* Two streams over one descriptor do not disturb each other. */
static void
test_open(void **state)
{
	NHI_AUTO(nhi_fd_close) int fd = open(dir, O_RDONLY | O_CLOEXEC);
	NHI_AUTO(nhi_list_close) DIR *a = NULL;
	NHI_AUTO(nhi_list_close) DIR *b = NULL;

	(void)state;
	temp_write(temp_path(dir, "file"), "");
	assert_int_equal(symlink(".", temp_path(dir, "link")), 0);
	assert_non_null(a = nhi_list_open(fd, "."));
	assert_int_equal(count(a), 2);
	assert_non_null(b = nhi_list_open(fd, "."));
	assert_int_equal(count(b), 2);
	assert_null(nhi_list_open(fd, "file"));
	assert_int_equal(errno, ENOTDIR);
	assert_null(nhi_list_open(fd, "link"));
	assert_null(nhi_list_open(fd, "gone"));
	assert_int_equal(errno, ENOENT);
}

static void
test_take(void **state)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	int fd = open(dir, O_RDONLY | O_CLOEXEC), taken = fd, file, kept;

	(void)state;
	assert_non_null(list = nhi_list_take(&fd));
	assert_int_equal(fd, -1);
	assert_int_equal(dirfd(list), taken);
	nhi_list_close(&list);
	assert_int_equal(fcntl(taken, F_GETFD), -1);
	temp_write(temp_path(dir, "file"), "");
	kept = file = open(temp_path(dir, "file"), O_RDONLY | O_CLOEXEC);
	assert_null(nhi_list_take(&file));
	assert_int_equal(file, kept);
	assert_int_equal(close(file), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_next, temp_setup),
		TEMP_TEST(test_fails, temp_setup),
		TEMP_TEST(test_open, temp_setup),
		TEMP_TEST(test_take, temp_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
