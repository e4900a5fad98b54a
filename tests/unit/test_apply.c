/* SPDX-License-Identifier: BSD-2-Clause */
/* apply: what comes into force, and what is put back when something fails. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "nhictl/apply_run.h"
#include "tests/unit/conf_fake.h"
#include "tests/unit/conf_world.h"
#include "tests/unit/temp_dir.h"

#define OTHER	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJCQkJCQkJCQkJC"	\
	"QkJCQkJCQkJCQkJCQkJCQkJCQkJC"
#define KEY	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8Q"	\
		"ERITFBUWFxgZGhscHR4f"
#define POLICY	"version = 1;\nhost = { id = \"a\"; };\n"			\
		"trust = ( { host = \"b\"; ca = \"" OTHER "\"; } );\n"
#define WORLD(name)	TOP_SRCDIR "/tests/unit/policy/" name

static const struct nhi_world_paths world = {
	WORLD("passwd"), WORLD("group"), WORLD("subuid"), WORLD("subuid"),
	WORLD("uid_map"), WORLD("uid_map"),
};

static char file[96], published[96], uids[96], ca_pub[96];
static char trusted[96], said[4096];

static const struct nhi_apply_paths paths = {
	.policy = { file, NULL, NHI_FILE_OWN },
	.world = &world,
	.publish = { published, uids },
	.trust = { ca_pub, trusted },
	.sudo = true,
};

static int
setup(void **state)
{
	(void)temp_setup(state);
	fake = (struct fake){ .sshd = NHI_OK };
	(void)snprintf(file, sizeof(file), "%s/nhi.conf", dir);
	(void)snprintf(published, sizeof(published), "%s/published", dir);
	(void)snprintf(uids, sizeof(uids), "%s/uids", dir);
	(void)snprintf(ca_pub, sizeof(ca_pub), "%s/ca.pub", dir);
	(void)snprintf(trusted, sizeof(trusted), "%s/trusted.pub", dir);
	conf_put(file, POLICY);
	conf_put(ca_pub, "# comment\n" KEY " root@host\n");
	return mkdir(published, 0755) | mkdir(uids, 0755);
}

static void
take_said(FILE *out)
{
	size_t n;

	rewind(out);
	n = fread(said, 1, sizeof(said) - 1, out);
	said[n] = '\0';
	(void)fclose(out);
}

/* What nhictl apply does, as its command line does it. */
static enum nhi_err
apply(bool json)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_report r = { tmpfile(), json };
	struct nhi_why why = { "" }, late = { "" };
	enum nhi_err err;

	assert_non_null(r.out);
	err = nhi_apply_check(&paths, &r, &plan, &why);
	if (err == NHI_OK)
		err = nhi_apply_publish(&paths, &r, plan, &why);
	if (err != NHI_OK && fake.audit == NHI_OK)
		assert_int_equal(nhi_apply_rejected(err, &why, &late),
		    NHI_OK);
	take_said(r.out);
	return err;
}

/* And with --check-only. */
static enum nhi_err
try(void)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_report r = { tmpfile(), false };
	struct nhi_why why = { "" };
	enum nhi_err err;

	assert_non_null(r.out);
	if ((err = nhi_apply_check(&paths, &r, &plan, &why)) == NHI_OK)
		err = nhi_apply_try(&paths, &r, plan, &why);
	take_said(r.out);
	return err;
}

static void
assert_trusted(const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(65536);
	struct nhi_why why = { "" };

	assert_int_equal(nhi_file_read(AT_FDCWD, trusted, NHI_FILE_OWN, &b,
	    &why), NHI_OK);
	assert_string_equal(nhi_buf_text(&b), text);
}

static void
in_force(char out[static NHI_DIGEST_HEX + 1])
{
	struct nhi_policy p = { .digest = "" };
	struct nhi_why why = { "" };

	if (nhi_policy_open(published, &p, &why) != NHI_OK)
		p.digest[0] = '\0';
	memcpy(out, p.digest, sizeof(p.digest));
}

#define HEAD	"# Made by nhictl apply.\n"

static void
test_good(void **state)
{
	char now[NHI_DIGEST_HEX + 1];

	(void)state;
	assert_int_equal(apply(false), NHI_OK);
	in_force(now);
	assert_string_equal(fake.events, "apply");
	assert_string_equal(fake.policy, now);
	assert_int_equal(fake.asked, 1);
	assert_int_equal(fake.restored, 0);
	assert_trusted(HEAD KEY " a\n" OTHER " b\n");
	assert_non_null(strstr(said, "in force, generation 1: 0 identities"));
	assert_non_null(strstr(said, now));
}

static void
test_trusted(void **state)
{
	struct stat before, after;

	(void)state;
	assert_int_equal(apply(false), NHI_OK);
	assert_int_equal(stat(trusted, &before), 0);
	assert_int_equal(before.st_mode, S_IFREG | 0644);
	assert_int_equal(apply(false), NHI_OK);
	assert_int_equal(stat(trusted, &after), 0);
	/* Not written again when it says the same. */
	assert_int_equal(before.st_ino, after.st_ino);
	conf_put(file, "version = 1;\nhost = { id = \"a\"; };\n"
	    "issuer = { enabled = false; };\n");
	assert_int_equal(apply(false), NHI_OK);
	assert_trusted(HEAD);
}

static void
test_no_ca(void **state)
{
	(void)state;
	assert_int_equal(unlink(ca_pub), 0);
	assert_int_equal(apply(false), NHI_OK);
	assert_non_null(strstr(said, "warning: there is no CA key"));
	assert_trusted(HEAD OTHER " b\n");
	conf_put(ca_pub, "command=\"x\" " KEY "\n");
	assert_int_equal(apply(false), NHI_ERR_CA_KEY);
	assert_string_equal(fake.events, "apply reject");
	assert_trusted(HEAD OTHER " b\n");
}

static void
test_bad(void **state)
{
	char before[NHI_DIGEST_HEX + 1], after[NHI_DIGEST_HEX + 1];

	(void)state;
	assert_int_equal(apply(false), NHI_OK);
	in_force(before);
	conf_put(file, "version = 1;\nx = 1;\ny = 1;\n");
	assert_int_equal(apply(false), NHI_ERR_POLICY_INVALID);
	in_force(after);
	assert_string_equal(before, after);
	assert_string_equal(fake.events, "apply reject");
	assert_non_null(strstr(fake.detail, "nhi.conf:2: unknown setting"));
	assert_non_null(strstr(said, "nhi.conf:3: unknown setting \"y\""));
	assert_non_null(strstr(said, "refused: 2 faults"));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(apply(false), NHI_ERR_POLICY_UNREADABLE);
	in_force(after);
	assert_string_equal(before, after);
}

/* sshd would do something else: policy and trust are as they were. */
static void
test_sshd(void **state)
{
	char before[NHI_DIGEST_HEX + 1], after[NHI_DIGEST_HEX + 1];

	(void)state;
	assert_int_equal(apply(false), NHI_OK);
	in_force(before);
	conf_put(file, "version = 1;\nhost = { id = \"c\"; };\n");
	fake.sshd = NHI_ERR_HOST;
	assert_int_equal(apply(false), NHI_ERR_HOST);
	in_force(after);
	assert_string_equal(before, after);
	assert_trusted(HEAD KEY " a\n" OTHER " b\n");
	assert_string_equal(fake.events, "apply reject");
	assert_string_equal(fake.detail, "sshd says no");
	assert_int_equal(fake.restored, 0);
	fake.sshd = NHI_OK;
	assert_int_equal(apply(false), NHI_OK);
	assert_trusted(HEAD KEY " c\n");
	fake.no_dropin = true;
	assert_int_equal(apply(false), NHI_OK);
	assert_non_null(strstr(said, "warning: sshd knows nothing of NHI"));
}

/* What cannot be recorded does not come into force. */
static void
test_audit(void **state)
{
	char before[NHI_DIGEST_HEX + 1], after[NHI_DIGEST_HEX + 1];

	(void)state;
	fake.audit = NHI_ERR_AUDIT_UNAVAILABLE;
	assert_int_equal(apply(false), NHI_ERR_AUDIT_UNAVAILABLE);
	in_force(after);
	assert_string_equal(after, "");
	fake.audit = NHI_OK;
	assert_int_equal(apply(false), NHI_OK);
	in_force(before);
	fake.audit = NHI_ERR_AUDIT_UNAVAILABLE;
	conf_put(file, "version = 1;\nhost = { id = \"c\"; };\n");
	assert_int_equal(apply(false), NHI_ERR_AUDIT_UNAVAILABLE);
	in_force(after);
	assert_string_equal(before, after);
	assert_trusted(HEAD KEY " a\n" OTHER " b\n");
	assert_int_equal(fake.restored, 2);
	assert_int_equal(fake.unsudoed, 2);
}

/* A fragment that visudo refuses takes everything back. */
static void
test_sudo(void **state)
{
	char before[NHI_DIGEST_HEX + 1], after[NHI_DIGEST_HEX + 1];

	(void)state;
	assert_int_equal(apply(false), NHI_OK);
	in_force(before);
	fake.sudo = NHI_ERR_HOST;
	conf_put(file, "version = 1;\nhost = { id = \"c\"; };\n");
	assert_int_equal(apply(false), NHI_ERR_HOST);
	in_force(after);
	assert_string_equal(before, after);
	assert_string_equal(fake.detail, "visudo says no");
	assert_int_equal(fake.restored, 1);
	assert_int_equal(fake.unsudoed, 0);
}

/* What sshd and visudo refuse is found before, and nothing is in force. */
static void
test_try(void **state)
{
	char before[NHI_DIGEST_HEX + 1], after[NHI_DIGEST_HEX + 1];

	(void)state;
	assert_int_equal(apply(false), NHI_OK);
	in_force(before);
	conf_put(file, "version = 1;\nhost = { id = \"c\"; };\n");
	assert_int_equal(try(), NHI_OK);
	assert_string_equal(said, "");
	assert_int_equal(fake.tried, 1);
	fake.no_dropin = true;
	assert_int_equal(try(), NHI_OK);
	assert_non_null(strstr(said, "warning: sshd knows nothing of NHI"));
	fake.sudo = NHI_ERR_HOST;
	assert_int_equal(try(), NHI_ERR_HOST);
	fake.sudo = NHI_OK;
	fake.sshd = NHI_ERR_HOST;
	assert_int_equal(try(), NHI_ERR_HOST);
	assert_int_equal(fake.asked, 1);
	in_force(after);
	assert_string_equal(before, after);
	assert_string_equal(fake.events, "apply");
}

static void
test_json(void **state)
{
	(void)state;
	conf_put(file, "version = 1;\nhost = { id = \"a\\\"b\"; };\n");
	assert_int_equal(apply(true), NHI_ERR_POLICY_INVALID);
	assert_non_null(strstr(said, "{\"level\":\"error\",\"file\":\""));
	assert_non_null(strstr(said, ",\"line\":2,\"text\":\"host.id: "
	    "\\\"a\\\"b\\\" is not a host name\"}\n"));
	assert_non_null(strstr(said, "{\"result\":\"refused\",\"errors\":1,"
	    "\"warnings\":0}\n"));
	conf_put(file, POLICY);
	assert_int_equal(apply(true), NHI_OK);
	assert_non_null(strstr(said, "{\"result\":\"ok\",\"digest\":\""));
	assert_non_null(strstr(said, ",\"identities\":0,\"accounts\":0,"
	    "\"generation\":\"1\"}\n"));
}

#define T(f)	TEMP_TEST(f, setup)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(test_good),
		T(test_trusted),
		T(test_no_ca),
		T(test_bad),
		T(test_sshd),
		T(test_audit),
		T(test_sudo),
		T(test_try),
		T(test_json),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
