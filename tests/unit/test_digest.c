/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The digest: the same for policies that say the same, another one for each
 * setting that says something else.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/unit/conf_world.h"

#define POLICIES	TOP_SRCDIR "/tests/unit/policy"

static char temp[] = "/tmp/nhi-digest-XXXXXX";

static int
setup(void **state)
{
	int fd = mkstemp(temp);

	(void)state;
	nhi_fd_close(&fd);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(temp);
}

static void
digest_of(const char *path, char out[static NHI_DIGEST_HEX + 1])
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = conf_plan(path);

	memcpy(out, plan->digest, NHI_DIGEST_HEX + 1);
}

static void
test_order(void **state)
{
	char a[NHI_DIGEST_HEX + 1], b[NHI_DIGEST_HEX + 1];

	(void)state;
	digest_of(POLICIES "/good-order-a.conf", a);
	digest_of(POLICIES "/good-order-b.conf", b);
	assert_string_equal(a, b);
	assert_int_equal(strspn(a, "0123456789abcdef"), NHI_DIGEST_HEX);
}

/* The same policy in one file and in three. */
static void
test_dropins(void **state)
{
	struct nhi_load_paths paths = { POLICIES "/split.d/main",
	    POLICIES "/split.d", NHI_FILE_ANY };
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_world_wipe) struct nhi_world w = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	char a[NHI_DIGEST_HEX + 1];
	struct nhi_why why = { "" };

	(void)state;
	conf_world(&w);
	if (nhi_check(&paths, &w, &faults, &plan, &why) != NHI_OK)
		fail_msg("%s", why.text);
	digest_of(POLICIES "/good-order-a.conf", a);
	assert_string_equal(plan->digest, a);
}

/* good-everything.conf with one text in another's place. */
static void
put_changed(const char *from, const char *to)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(65536);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(65536);
	struct nhi_why why = { "" };
	const char *hit;

	if (nhi_file_read(AT_FDCWD, POLICIES "/good-everything.conf",
	    NHI_FILE_ANY, &text, &why) != NHI_OK)
		fail_msg("%s", why.text);
	hit = strstr(nhi_buf_text(&text), from);
	if (hit == NULL)
		fail_msg("no %s", from);
	nhi_buf_put(&new, text.p, (size_t)(hit - text.p));
	nhi_buf_str(&new, to);
	nhi_buf_str(&new, hit + strlen(from));
	if (nhi_file_replace(AT_FDCWD, temp, 0644, nhi_buf_all(&new),
	    &why) != NHI_OK)
		fail_msg("%s", why.text);
}

static void
test_everything(void **state)
{
	/* One for each setting that reaches the published policy. */
	static const char *const changes[][2] = {
		{ "id = \"web-1.example.com\"",
		    "id = \"web-2.example.com\"" },
		{ "\"a=b\"", "\"a=c\"" },
		{ "enabled = true", "enabled = false" },
		{ "per_source = 2", "per_source = 3" },
		{ "total = 4", "total = 5" },
		{ "\"192.0.2.1\"", "\"192.0.2.2\"" },
		{ "host = \"issuer", "host = \"issuers" },
		{ "HR4f", "HR4e" },
		{ "retention = \"30d\"", "retention = \"31d\"" },
		{ "https://ghe", "https://gh" },
		{ "audience = [ \"ssh", "audience = [ \"sshd" },
		{ "skew = \"0s\"", "skew = \"1s\"" },
		{ "max_lifetime = \"10m\"", "max_lifetime = \"11m\"" },
		{ "max_age = \"1h\"", "max_age = \"2h\"" },
		{ "grace = \"1m\"", "grace = \"2m\"" },
		{ "jwks_stale = \"1h\"", "jwks_stale = \"2h\"" },
		{ "2026-01-01", "2026-01-02" },
		{ "binding = \"key\"", "binding = \"none\"" },
		{ "reuse = \"never\"", "reuse = \"same-key\"" },
		{ "name = \"a\"", "name = \"b\"" },
		{ "owner = \"o\"", "owner = \"q\"" },
		{ "purpose = \"p\"", "purpose = \"q\"" },
		{ "2027-06-30", "2027-07-01" },
		{ "\"74\"", "\"75\"" },
		{ "is = \"74\"", "in = [ \"74\" ]" },
		{ "repository_id", "repository_owner_id" },
		{ "account = \"bot\"", "account = \"bot2\"" },
		{ "uid = 80000", "uid = 80001" },
		{ "groups = ( \"www-data\" );", "" },
		{ "/srv/bot", "/srv/bot2" },
		{ "shell = \"/bin/sh\"", "shell = \"/bin/bash\"" },
		{ "ttl = \"1h\"", "ttl = \"2h\"" },
		{ "10.1.0.0/16", "10.2.0.0/16" },
		{ "/bin/true", "/bin/false" },
		{ "pty = true", "pty = false" },
		{ "forwarding = true; };\n  window",
		    "forwarding = false; };\n  window" },
		{ "daily 22", "daily 21" },
		{ "max_sessions = 3", "max_sessions = 4" },
		{ "cron = true", "cron = false" },
		{ "cron = true", "cron = true; direct = true" },
		{ "restart a", "restart b" },
	};
	char before[NHI_DIGEST_HEX + 1], after[NHI_DIGEST_HEX + 1];

	(void)state;
	digest_of(POLICIES "/good-everything.conf", before);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		put_changed(changes[i][0], changes[i][1]);
		digest_of(temp, after);
		if (strcmp(before, after) == 0)
			fail_msg("%s: the same digest", changes[i][1]);
	}
}

/* What a policy says by default and in so many words is the same. */
static void
test_default(void **state)
{
	char a[NHI_DIGEST_HEX + 1], b[NHI_DIGEST_HEX + 1];

	(void)state;
	digest_of(POLICIES "/good-one.conf", a);
	digest_of(POLICIES "/good-default.conf", b);
	assert_string_equal(a, b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_dropins),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_default),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
