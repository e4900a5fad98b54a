/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/share.h"
#include "lib/base/spawn.h"
#include "tests/unit/temp.h"

static char dir[TEMP_SIZE];

static int
take(const char *source)
{
	struct nhi_why why = { "" };
	int fd = -1;
	enum nhi_err err = nhi_share_take(dir, source, &fd, &why);

	if (err == NHI_OK)
		return fd;
	assert_int_equal(err, NHI_ERR_CAP);
	assert_int_equal(fd, -1);
	assert_non_null(strstr(why.text, "under way"));
	return -1;
}

static void
give(int *fd, size_t n)
{
	for (size_t i = 0; i < n; i++)
		nhi_fd_close(&fd[i]);
}

/* In a process of its own: does it get one, and how long did that take? */
static pid_t
child(const char *source)
{
	pid_t pid = fork();
	int64_t start = nhi_clock_ms();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	/* What is inherited holds its locks as well as the parent does. */
	for (int fd = 3; fd < 64; fd++)
		(void)close(fd);
	if (take(source) >= 0)
		_exit(0);
	_exit(nhi_clock_ms() - start >= NHI_SHARE_MS ? 1 : 2);
}

static int
status_of(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/*
 * One source has its share and no more, and another one finds room beside it.
 * Who is kept waiting has waited for all of the time; and a process that ends
 * gives its own back.
 */
static void
test_source(void **state)
{
	int fd[NHI_SHARES_SOURCE];
	pid_t pid;

	(void)state;
	temp_make(dir);
	for (size_t i = 0; i < NHI_SHARES_SOURCE; i++)
		assert_true((fd[i] = take("192.0.2.1")) >= 0);
	pid = child("::ffff:192.0.2.1");
	for (unsigned int i = 0; i < NHI_SHARES; i++)
		assert_int_equal(status_of(child("192.0.2.2")), 0);
	assert_int_equal(status_of(child("2001:db8::1")), 0);
	assert_int_equal(status_of(child(NULL)), 0);
	assert_int_equal(status_of(pid), 1);
	nhi_fd_close(&fd[2]);
	assert_true((fd[2] = take("192.0.2.1")) >= 0);
	give(fd, NHI_SHARES_SOURCE);
	temp_remove(dir);
}

/* So many in all, of whomever; who waits gets the first that is free. */
static void
test_total(void **state)
{
	int fd[NHI_SHARES];
	pid_t pid;

	(void)state;
	temp_make(dir);
	for (size_t i = 0; i < NHI_SHARES; i++)
		assert_true((fd[i] = take(i < NHI_SHARES_SOURCE ?
		    "192.0.2.1" : i < 8 ? "not an address" : NULL)) >= 0);
	pid = child("192.0.2.9");
	/* It would have had one by now. */
	(void)usleep(50000);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	nhi_fd_close(&fd[11]);
	assert_int_equal(status_of(pid), 0);
	give(fd, NHI_SHARES);
	temp_remove(dir);
}

/* No directory, or a link where the file should be, is a fault. */
static void
test_fault(void **state)
{
	int fd = -1;

	(void)state;
	temp_make(dir);
	assert_int_equal(nhi_share_take(temp_path(dir, "none"), NULL, &fd,
	    NULL), NHI_ERR_STATE);
	assert_int_equal(symlink("x", temp_path(dir, "shares")), 0);
	assert_int_equal(nhi_share_take(dir, NULL, &fd, NULL),
	    NHI_ERR_STATE);
	assert_int_equal(fd, -1);
	temp_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
