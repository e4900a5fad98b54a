/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose file of systemd-logind goes, and when. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/lease.h"
#include "lib/base/linger.h"
#include "lib/base/registry.h"
#include "tests/unit/temp.h"

#define UID	2000300123

static char dir[TEMP_SIZE];
static char linger[TEMP_SIZE + 16], leases[TEMP_SIZE + 16];
static char uids[TEMP_SIZE + 16], policy[TEMP_SIZE + 16];
static const struct nhi_linger at = { linger, leases, uids, policy };

static void
make(char *path, size_t size, const char *name)
{
	(void)snprintf(path, size, "%s/%s", dir, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

/* Of the policy, with a UID and without. */
static void
declare(const char *name, bool number)
{
	char path[TEMP_SIZE + 64];

	(void)snprintf(path, sizeof(path), "%s/names/%s", policy, name);
	assert_int_equal(symlink("/srv/home:/bin/sh:70000", path), 0);
	(void)snprintf(path, sizeof(path), "%s/name/%s", uids, name);
	if (number)
		assert_int_equal(symlink("2000300123:set:01234567-89ab-cdef-"
		    "0123-456789abcdef:1", path), 0);
}

static int
setup(void **state)
{
	char sub[TEMP_SIZE + 32];

	(void)state;
	temp_make(dir);
	make(linger, sizeof(linger), "linger");
	make(leases, sizeof(leases), "leases");
	make(uids, sizeof(uids), "uids");
	make(policy, sizeof(policy), "1");
	make(sub, sizeof(sub), "1/names");
	make(sub, sizeof(sub), "1/templates");
	make(sub, sizeof(sub), "uids/name");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	temp_remove(dir);
	return 0;
}

static const char *
file(const char *name)
{
	static char path[TEMP_SIZE + 64];

	(void)snprintf(path, sizeof(path), "%s/%s", linger, name);
	return path;
}

static void
plant(const char *name)
{
	temp_write(file(name), "");
}

static bool
stays(const char *name)
{
	struct stat st;

	return lstat(file(name), &st) == 0;
}

static void
test_end(void **state)
{
	(void)state;
	plant("web");
	plant("alice");
	assert_int_equal(nhi_lease_set(leases, "web", UID, 1, NULL), NHI_OK);
	assert_int_equal(nhi_linger_end(linger, leases, "web", NULL), NHI_OK);
	assert_true(stays("web"));
	assert_int_equal(nhi_lease_set(leases, "web", UID, 0, NULL), NHI_OK);
	/* Twice: it is not there then. */
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(nhi_linger_end(linger, leases, "web", NULL),
		    NHI_OK);
		assert_false(stays("web"));
	}
	assert_true(stays("alice"));
	temp_write(temp_path(dir, "x"), "");
	assert_int_equal(nhi_linger_end(linger, leases, "../x", NULL), NHI_OK);
	assert_int_equal(access(temp_path(dir, "x"), F_OK), 0);
	assert_int_equal(nhi_linger_end(temp_path(dir, "none"), leases, "web",
	    NULL), NHI_OK);
}

/* A lease that cannot be told may be a session's. */
static void
test_blind(void **state)
{
	char path[TEMP_SIZE + 32];

	(void)state;
	plant("web");
	(void)snprintf(path, sizeof(path), "%s/web", leases);
	assert_int_equal(symlink("nonsense", path), 0);
	assert_int_equal(nhi_linger_end(linger, leases, "web", NULL), NHI_OK);
	assert_true(stays("web"));
}

static void
refuses(const char *path)
{
	struct nhi_why why = { "" };

	assert_int_equal(nhi_linger_end(path, leases, "web", &why),
	    NHI_ERR_STATE);
	assert_true(why.text[0] != '\0');
	assert_true(stays("web"));
}

static void
test_untrusted(void **state)
{
	(void)state;
	plant("web");
	assert_int_equal(symlink("linger", temp_path(dir, "link")), 0);
	refuses(temp_path(dir, "link"));
	assert_int_equal(chmod(linger, 0775), 0);
	refuses(linger);
	assert_int_equal(chmod(linger, 01757), 0);
	refuses(linger);
	assert_int_equal(chmod(linger, 0755), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(linger, 1, 0), 0);
		refuses(linger);
		assert_int_equal(chown(linger, 0, 0), 0);
	}
	assert_int_equal(unlink(file("web")), 0);
	assert_int_equal(mkdir(file("web"), 0755), 0);
	refuses(linger);
}

static void
test_sweep(void **state)
{
	uint64_t n = 0;

	(void)state;
	declare("web", true);
	declare("busy", true);
	declare("person", false);
	plant("web");
	plant("busy");
	plant("person");
	plant("alice");
	assert_int_equal(nhi_lease_set(leases, "busy", UID, 1, NULL), NHI_OK);
	assert_int_equal(nhi_linger_left(&at, "web"), 1);
	assert_int_equal(nhi_linger_left(&at, "busy"), 0);
	assert_int_equal(nhi_linger_left(&at, "person"), 0);
	assert_int_equal(nhi_linger_left(&at, "alice"), 0);
	assert_int_equal(nhi_linger_left(&at, "Web"), 0);
	assert_int_equal(nhi_linger_sweep(&at, &n, NULL), NHI_OK);
	assert_int_equal(n, 1);
	assert_false(stays("web"));
	assert_true(stays("busy") && stays("person") && stays("alice"));
	/* Who has a UID and is of no policy is nobody's business here. */
	plant("web");
	temp_remove(policy);
	assert_int_equal(nhi_linger_sweep(&at, &n, NULL), NHI_OK);
	assert_true(n == 1 && stays("web"));
	temp_remove(linger);
	assert_int_equal(nhi_linger_sweep(&at, &n, NULL), NHI_OK);
}

/* What cannot be removed is told, and the others go. */
static void
test_told(void **state)
{
	struct nhi_why why = { "" };
	uint64_t n = 0;

	(void)state;
	declare("web", true);
	declare("wob", true);
	assert_int_equal(mkdir(file("web"), 0755), 0);
	plant("wob");
	assert_int_equal(nhi_linger_sweep(&at, &n, &why), NHI_ERR_STATE);
	assert_non_null(strstr(why.text, "/web: "));
	assert_int_equal(n, 1);
	assert_false(stays("wob"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_blind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_untrusted, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_sweep, setup, teardown),
		cmocka_unit_test_setup_teardown(test_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
