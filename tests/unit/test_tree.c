/* SPDX-License-Identifier: BSD-2-Clause */
/* Removing a home: all of it, and nothing that it only points to. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/spawn.h"
#include "lib/base/tree.h"
#include "tests/unit/temp_dir.h"

#define DEPTH	3000			/* more than descriptors, or a path */

static char homes[TEMP_SIZE + 16];

static int
setup(void **state)
{
	(void)temp_setup(state);
	(void)snprintf(homes, sizeof(homes), "%s/homes", dir);
	return mkdir(homes, 0755) != 0 ||
	    mkdir(temp_path(homes, "web"), 0755) != 0;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
take(bool want)
{
	bool gone = !want;

	assert_int_equal(nhi_tree_take(homes, "web", geteuid(), &gone, NULL),
	    NHI_OK);
	assert_int_equal(gone, want);
	assert_false(want && is_there(temp_path(homes, "web")));
}

static enum nhi_err
empty(uint64_t *ret)
{
	return nhi_tree_empty(homes, nhi_clock_ms() + 20000, ret, NULL);
}

/* rmdir(2) says whether it is empty. */
static void
assert_empty(void)
{
	assert_int_equal(rmdir(temp_path(homes, ".gone")), 0);
}

static void
test_all(void **state)
{
	const char *web = temp_path(homes, "web");
	const char *out = temp_path(dir, "outside");
	uint64_t n;

	(void)state;
	assert_int_equal(mkdir(out, 0755), 0);
	temp_write(temp_path(out, "file"), "x");
	temp_write(temp_path(web, "file"), "x");
	assert_int_equal(symlink(out, temp_path(web, "link")), 0);
	assert_int_equal(symlink("/nonexistent", temp_path(web, "void")), 0);
	assert_int_equal(mkfifo(temp_path(web, "fifo"), 0600), 0);
	assert_int_equal(mkdir(temp_path(web, "sub"), 0), 0);
	temp_write(temp_path(web, "sub/.hidden"), "x");
	assert_int_equal(link(temp_path(out, "file"),
	    temp_path(web, "hard")), 0);
	take(true);
	take(false);
	assert_int_equal(empty(&n), NHI_OK);
	assert_int_equal(n, 8);
	assert_true(is_there(temp_path(out, "file")));
	assert_empty();
	assert_int_equal(empty(&n), NHI_OK);
	assert_int_equal(n, 0);
}

/* Nobody has logged in yet, or the directory was lost. */
static void
test_missing(void **state)
{
	uint64_t n = 1;
	bool gone = true;

	(void)state;
	assert_int_equal(nhi_tree_empty(temp_path(dir, "none"),
	    nhi_clock_ms() + 1000, &n, NULL), NHI_OK);
	assert_int_equal(n, 0);
	assert_int_equal(nhi_tree_take(temp_path(dir, "none"), "web",
	    geteuid(), &gone, NULL), NHI_OK);
	assert_false(gone);
	assert_false(is_there(temp_path(dir, "none")));
}

/* Several ticks at once take each other's work, and none complains. */
static void
test_together(void **state)
{
	enum { PROCESSES = 4, DIRS = 150 };
	int status, wait[2];
	uint64_t n;

	(void)state;
	for (int i = 0; i < DIRS; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "web/%d", i);
		assert_int_equal(mkdir(temp_path(homes, name), 0700), 0);
		(void)snprintf(name, sizeof(name), "web/%d/sub", i);
		assert_int_equal(mkdir(temp_path(homes, name), 0700), 0);
	}
	take(true);
	assert_int_equal(pipe(wait), 0);
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			(void)close(wait[1]);
			(void)!read(wait[0], &status, 1);
			_exit(empty(&n) == NHI_OK ? 0 : 1);
		}
	(void)close(wait[0]);
	(void)close(wait[1]);
	for (int i = 0; i < PROCESSES; i++) {
		assert_true(waitpid(-1, &status, 0) > 0);
		assert_int_equal(status, 0);
	}
	assert_empty();
}

/* What is no directory of this user is somebody else's affair. */
static void
test_not_ours(void **state)
{
	const char *web = temp_path(homes, "web");
	bool gone = true;

	(void)state;
	assert_int_equal(nhi_tree_take(homes, "web", geteuid() + 1, &gone,
	    NULL), NHI_OK);
	assert_false(gone);
	assert_true(is_there(web));
	assert_int_equal(rmdir(web), 0);
	assert_int_equal(symlink(dir, web), 0);
	take(false);
	assert_true(is_there(web));
	assert_int_equal(unlink(web), 0);
	temp_write(web, "x");
	take(false);
	assert_true(is_there(web));
}

static void
test_deep(void **state)
{
	int fd = open(temp_path(homes, "web"), O_RDONLY | O_DIRECTORY);
	uint64_t n;

	(void)state;
	for (int i = 0; i < DEPTH; i++) {
		int next;

		assert_int_equal(mkdirat(fd, "directory-of-one", 0700), 0);
		next = openat(fd, "directory-of-one", O_RDONLY | O_DIRECTORY);
		assert_true(next >= 0);
		(void)close(fd);
		fd = next;
	}
	(void)close(fd);
	take(true);
	assert_int_equal(empty(&n), NHI_OK);
	assert_int_equal(n, DEPTH + 1);
	assert_empty();
}

/* Who is in there still may make and move, and gets nobody out. */
static void
busy(const char *outside)
{
	char name[32];

	for (unsigned int i = 0;; i = (i + 1) % 8) {
		(void)snprintf(name, sizeof(name), "d%u", i);
		(void)mkdir(name, 0700);
		(void)rename("swap", "swap2");
		(void)!symlink(outside, "swap");
		(void)unlink("swap2");
		(void)rename(name, "swap");
	}
}

static void
test_race(void **state)
{
	const char *out = temp_path(dir, "outside");
	uint64_t n;
	pid_t pid;

	(void)state;
	assert_int_equal(mkdir(out, 0755), 0);
	for (int i = 0; i < 50; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "f%d", i);
		temp_write(temp_path(out, name), "x");
	}
	assert_int_equal(mkdir(temp_path(homes, "web/in"), 0700), 0);
	if ((pid = fork()) == 0) {
		if (chdir(temp_path(homes, "web/in")) == 0)
			busy(out);
		_exit(1);
	}
	(void)usleep(20000);
	take(true);
	(void)!nhi_tree_empty(homes, nhi_clock_ms() + 500, &n, NULL);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(is_there(temp_path(out, "f0")));
	assert_true(is_there(temp_path(out, "f49")));
	assert_int_equal(empty(&n), NHI_OK);
	assert_empty();
}

/* A bind mount in a home is another place: what is in it stays. */
static int
mounted(void)
{
	const char *out = temp_path(dir, "outside");
	uint64_t n;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mkdir(out, 0755) != 0 ||
	    mkdir(temp_path(homes, "web/mnt"), 0755) != 0 ||
	    mount(out, temp_path(homes, "web/mnt"), "none", MS_BIND, NULL) != 0)
		return 77;
	temp_write(temp_path(out, "file"), "x");
	temp_write(temp_path(homes, "web/file"), "x");
	take(true);
	assert_int_equal(empty(&n), NHI_ERR_STATE);
	assert_int_equal(n, 1);
	return is_there(temp_path(out, "file")) ? 0 : 1;
}

static void
test_mount(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if ((pid = fork()) == 0)
		_exit(mounted());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_all, setup),
		TEMP_TEST(test_missing, setup),
		TEMP_TEST(test_together, setup),
		TEMP_TEST(test_not_ours, setup),
		TEMP_TEST(test_deep, setup),
		TEMP_TEST(test_race, setup),
		TEMP_TEST(test_mount, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
