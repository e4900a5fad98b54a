/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "tests/nss/world.h"

#define OTHER	"13c664cb-baf5-4b76-8e0a-e245f02de86d"

static void
test_life(void **state)
{
	const struct world *w = *state;
	struct nhi_why why;
	char want[96];

	assert_int_equal(nhi_lease_live(w->leases, "pr-1"), 0);
	assert_int_equal(nhi_lease_set(w->leases, "pr-1", 70000, 2, &why),
	    NHI_OK);
	(void)snprintf(want, sizeof(want), "%s:70000:2", w->boot);
	assert_string_equal(world_text(w, "leases/pr-1"), want);
	assert_int_equal(nhi_lease_live(w->leases, "pr-1"), 1);
	assert_int_equal(nhi_lease_live(w->leases, "pr-2"), 0);
	assert_int_equal(nhi_lease_set(w->leases, "pr-1", 70000, 0, &why),
	    NHI_OK);
	assert_int_equal(nhi_lease_live(w->leases, "pr-1"), 0);
	/* Ending what has ended is no fault. */
	assert_int_equal(nhi_lease_set(w->leases, "pr-1", 70000, 0, &why),
	    NHI_OK);
}

static void
test_texts(void **state)
{
	const struct world *w = *state;
	const struct {
		const char *boot;
		const char *rest;
		int live;
	} rows[] = {
		{ w->boot, ":70000:1", 1 },
		{ w->boot, ":70000:4294967295", 1 },
		{ OTHER, ":70000:1", 0 },
		{ w->boot, ":70000:0", -1 },
		{ w->boot, ":70000:4294967296", -1 },
		{ w->boot, ":70000:1:", -1 },
		{ w->boot, ":70000:", -1 },
		{ w->boot, ":70000", -1 },
		{ w->boot, ":0:1", -1 },
		{ w->boot, ":65535:1", -1 },
		{ w->boot, ":2147483647:1", -1 },
		{ w->boot, "", -1 },
		{ w->boot + 1, ":70000:1", -1 },
		{ "x", ":70000:1", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world_link(w, "leases/pr-1", "%s%s", rows[i].boot,
		    rows[i].rest);
		errno = 0;
		assert_int_equal(nhi_lease_live(w->leases, "pr-1"),
		    rows[i].live);
		assert_int_equal(errno, rows[i].live < 0 ? EBADMSG : 0);
	}
	/* A name that is none is never looked for. */
	world_link(w, "leases/Bad", "%s:70000:1", w->boot);
	assert_int_equal(nhi_lease_live(w->leases, "Bad"), 0);
	assert_int_equal(nhi_lease_live("/proc/self/comm", "a/b"), 0);
	assert_int_equal(nhi_lease_live("/proc/self/comm", "a"), -1);
}

static void
test_refused(void **state)
{
	const struct world *w = *state;
	struct nhi_why why;

	assert_int_equal(nhi_lease_set(w->leases, "../x", 70000, 1, &why),
	    NHI_ERR_INTERNAL);
	assert_int_equal(nhi_lease_set(w->leases, "pr-1", 0, 1, &why),
	    NHI_ERR_INTERNAL);
	assert_int_equal(nhi_lease_set(w->leases, "pr-1", NHI_UID_MAX + 1, 1,
	    &why), NHI_ERR_INTERNAL);
	assert_int_equal(nhi_lease_set("/proc/self/comm", "pr-1", 70000, 1,
	    &why), NHI_ERR_STATE);
	assert_int_equal(nhi_lease_set("/proc/self/comm", "pr-1", 70000, 0,
	    &why), NHI_ERR_STATE);
}

static void
test_lock(void **state)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const struct world *w = *state;
	struct nhi_why why;
	struct stat st;

	(void)umask(0);
	assert_int_equal(nhi_state_lock(w->leases, NHI_LOCK_MS, &fd,
	    &why), NHI_OK);
	assert_int_equal(stat(world_path(w, "leases/.lock"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	/* A lock that others could open is closed to them. */
	nhi_fd_close(&fd);
	assert_int_equal(chmod(world_path(w, "leases/.lock"), 0666), 0);
	assert_int_equal(nhi_state_lock(w->leases, NHI_LOCK_MS, &fd,
	    &why), NHI_OK);
	assert_int_equal(stat(world_path(w, "leases/.lock"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
}

static void
test_lock_waits(void **state)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const struct world *w = *state;
	struct timespec from, to;
	struct nhi_why why;
	int second = -7;
	pid_t pid;

	assert_int_equal(nhi_state_lock(w->leases, NHI_LOCK_MS, &fd,
	    &why), NHI_OK);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(nhi_state_lock(w->leases, NHI_LOCK_CTL_MS, &second,
	    &why), NHI_ERR_CAP);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(second, -7);
	assert_true(to.tv_sec - from.tv_sec >= 1);
	assert_true(to.tv_sec - from.tv_sec <= 5);
	/* A login waits for longer than that. */
	if ((pid = fork()) == 0) {
		(void)usleep(NHI_LOCK_CTL_MS * 1000 + 200000);
		_exit(0);
	}
	nhi_fd_close(&fd);
	assert_int_equal(nhi_state_lock(w->leases, NHI_LOCK_MS, &fd,
	    &why), NHI_OK);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
test_lock_is_no_file(void **state)
{
	const struct world *w = *state;
	struct nhi_why why;
	struct stat st;
	int fd = -7;

	/* A file of the test's own: what fails here must harm no other one. */
	assert_int_equal(close(open(world_path(w, "victim"),
	    O_WRONLY | O_CREAT, 0644)), 0);
	assert_int_equal(chmod(world_path(w, "victim"), 0644), 0);
	assert_int_equal(symlink("../victim",
	    world_path(w, "leases/.lock")), 0);
	assert_int_equal(nhi_state_lock(w->leases, NHI_LOCK_MS, &fd,
	    &why), NHI_ERR_STATE);
	assert_int_equal(stat(world_path(w, "victim"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	world_remove(w, "leases/.lock");
	assert_int_equal(mkfifo(world_path(w, "leases/.lock"), 0600), 0);
	assert_int_equal(nhi_state_lock(w->leases, NHI_LOCK_MS, &fd,
	    &why), NHI_ERR_STATE);
	assert_int_equal(nhi_state_lock("/nonexistent", NHI_LOCK_MS, &fd, &why),
	    NHI_ERR_STATE);
	assert_int_equal(fd, -7);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, \
	world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_texts),
		TEST(test_refused),
		TEST(test_lock),
		TEST(test_lock_waits),
		TEST(test_lock_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
