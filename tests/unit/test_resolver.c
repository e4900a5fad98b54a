/* SPDX-License-Identifier: BSD-2-Clause */
/* Which modules of the C library a name service switch asks for. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fetch/resolver.h"
#include "lib/base/buf.h"
#include "tests/unit/temp.h"

static char dir[TEMP_SIZE];

/* A process of its own, since what is loaded stays; no path: by its name. */
static bool
has(const char *path, const char *module)
{
	const int how = RTLD_NOW | (path == NULL ? 0 : RTLD_NOLOAD);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (path != NULL)
			nhi_resolver_load(path);
		_exit(dlopen(module, how) != NULL);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 1;
}

static bool
loads(const char *text, const char *module)
{
	const char *path = temp_path(dir, "nsswitch.conf");

	temp_write(path, text);
	return has(path, module);
}

#define COMPAT	"libnss_compat.so.2"
#define HESIOD	"libnss_hesiod.so.2"

static void
test_words(void **state)
{
	(void)state;
	if (!has(NULL, HESIOD) || !has(NULL, COMPAT))
		skip();
	assert_true(loads("hosts: files hesiod dns\n", HESIOD));
	assert_true(loads(" \thosts:\tdns [NOTFOUND=return]hesiod", HESIOD));
	assert_false(loads("passwd: hesiod\nhosts: files\n", HESIOD));
	assert_false(loads("hosts: files [hesiod=return] dns\n", HESIOD));
	assert_true(loads("hosts: compat # hesiod\n", COMPAT));
	assert_false(loads("hosts: compat # hesiod\n", HESIOD));
	assert_false(loads("#hosts: hesiod\n", HESIOD));
}

static void
test_long(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1 << 17);

	(void)state;
	if (!has(NULL, HESIOD))
		skip();
	for (unsigned int i = 0; i < 1000; i++)
		nhi_buf_str(&b, "# a comment that somebody had much to say in"
		    "\n");
	nhi_buf_str(&b, "hosts: hesiod\n");
	assert_true(loads(nhi_buf_text(&b), HESIOD));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_long),
	};
	int failed;

	temp_make(dir);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	temp_remove(dir);
	return failed;
}
