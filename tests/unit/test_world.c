/* SPDX-License-Identifier: BSD-2-Clause */
/* The host that a policy is held against, when it is not as it should be. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/check.h"
#include "lib/base/file.h"
#include "tests/unit/temp_dir.h"

#define POLICIES	TOP_SRCDIR "/tests/unit/policy"
#define GOOD		POLICIES "/good-one.conf"
#define PASSWD	"root:x:0:0::/:/bin/sh\n"
#define GROUP	"root:x:0:\nnhi-accounts:x:996:\n"
#define MAP	"0 0 4294967295\n"

static char names[5][TEMP_SIZE + 16];
static const struct nhi_world_paths paths = { names[0], names[1], names[2],
    "/nonexistent", names[3], names[4] };

static int
setup(void **state)
{
	(void)temp_setup(state);
	for (int i = 0; i < 5; i++)
		(void)snprintf(names[i], sizeof(names[i]), "%s/%d", dir, i);
	return 0;
}

/* passwd, group, subuid, uid_map, gid_map; what is said of a policy. */
static void
expect_of(const char *policy, const char *const texts[5], const char *said)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(65536);
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	NHI_AUTO(nhi_world_wipe) struct nhi_world w = { 0 };
	struct nhi_load_paths load = { policy, NULL, NHI_FILE_ANY };
	struct nhi_why why = { "" };
	enum nhi_err err = NHI_OK;

	for (int i = 0; err == NHI_OK && i < 5; i++)
		err = nhi_file_replace(AT_FDCWD, names[i], 0644,
		    nhi_span_str(texts[i]), &why);
	assert_int_equal(err, NHI_OK);
	assert_int_equal(nhi_world_load(&paths, &w, &why), NHI_OK);
	err = nhi_check(&load, &w, &faults, &plan, &why);
	nhi_faults_format(&faults, &b);
	if (said[0] == '\0' ? b.n > 0 :
	    strstr(nhi_buf_text(&b), said) == NULL)
		fail_msg("%s", nhi_buf_text(&b));
}

static void
expect(const char *const texts[5], const char *said)
{
	expect_of(GOOD, texts, said);
}

static void
test_good(void **state)
{
	(void)state;
	expect((const char *const[]){ PASSWD, GROUP, "", MAP, MAP }, "");
	/* Lines that mean nothing are passed over. */
	expect((const char *const[]){ "+::::::\n\n:x:1:1::/:\nx:y\n" PASSWD,
	    "+\n" GROUP, "a:b:c\na:1\n", "1 2\n" MAP, MAP "x y z\n" }, "");
}

static void
test_people(void **state)
{
	(void)state;
	expect((const char *const[]){ PASSWD,
	    "nhi-accounts:x:996:alice,bob\n", "", MAP, MAP },
	    "people are in group nhi-accounts: alice,bob");
	expect((const char *const[]){ PASSWD "eve:x:1000:996::/:/bin/sh\n",
	    GROUP, "", MAP, MAP }, "the group of user eve is nhi-accounts");
	expect((const char *const[]){ PASSWD, "root:x:0:\n", "", MAP, MAP },
	    "warning: there is no group nhi-accounts here");
}

static void
test_map(void **state)
{
	(void)state;
	expect((const char *const[]){ PASSWD, GROUP, "", "0 100000 65536\n",
	    MAP }, "is not all there in this user namespace");
	expect((const char *const[]){ PASSWD, GROUP, "", MAP,
	    "0 100000 65536\n" }, "is not all there in this user namespace");
	/* Two pieces that are whole together, in any order. */
	expect((const char *const[]){ PASSWD, GROUP, "",
	    "2000300100 5 4000000\n 0 0 2000300100\n2004300100 7 147483600\n",
	    MAP }, "");
	/* One number is missing between them. */
	expect((const char *const[]){ PASSWD, GROUP, "",
	    "0 0 2000300100\n2000300101 5 200000000\n", MAP },
	    "is not all there");
}

/* A UID that is fixed is held against the namespace as well. */
static void
test_uid(void **state)
{
	(void)state;
	expect_of(POLICIES "/good-large-uid.conf", (const char *const[]){
	    PASSWD, GROUP, "", "0 100000 65536\n", MAP },
	    "uid 2000300000 is not there in this user namespace");
}

/* A host whose name cannot stand in a key id. */
static void
test_node(void **state)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	NHI_AUTO(nhi_world_wipe) struct nhi_world w = { 0 };
	struct nhi_load_paths load = { POLICIES "/good-empty.conf", NULL,
	    NHI_FILE_ANY };
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_world_load(&paths, &w, &why), NHI_OK);
	(void)snprintf(w.node, sizeof(w.node), "a:b");
	assert_int_equal(nhi_check(&load, &w, &faults, &plan, &why),
	    NHI_ERR_POLICY_INVALID);
	assert_non_null(strstr(why.text, "host.id is not set"));
}

static void
test_subuid(void **state)
{
	(void)state;
	expect((const char *const[]){ PASSWD, GROUP,
	    "alice:2147483646:1\n", MAP, MAP }, "has subordinate ids");
	expect((const char *const[]){ PASSWD, GROUP,
	    "alice:2000299999:1\nbob:2147483647:5\n", MAP, MAP }, "");
	expect((const char *const[]){ PASSWD, GROUP,
	    "alice:2000299999:2\n", MAP, MAP }, "has subordinate ids");
}

static void
test_missing(void **state)
{
	struct nhi_world w = { 0 };
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(unlink(names[0]), 0);
	assert_int_equal(nhi_world_load(&paths, &w, &why), NHI_ERR_STATE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_uid),
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_subuid),
		cmocka_unit_test(test_missing),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, setup, temp_teardown);
}
