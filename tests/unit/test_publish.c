/* SPDX-License-Identifier: BSD-2-Clause */
/* From a policy file to a published generation, and read back from there. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/publish.h"
#include "lib/base/file.h"
#include "tests/unit/conf_fake.h"
#include "tests/unit/conf_world.h"
#include "tests/unit/temp_dir.h"

#define SAMPLE		TOP_SRCDIR "/conf/nhi.conf.sample"
#define EVERYTHING	TOP_SRCDIR "/tests/unit/policy/good-everything.conf"

static char published[96], uids[96];
static const struct nhi_publish_paths paths = { published, uids };

static int
setup(void **state)
{
	(void)temp_setup(state);
	fake = (struct fake){ .refuse = NULL };
	(void)snprintf(published, sizeof(published), "%s/published", dir);
	(void)snprintf(uids, sizeof(uids), "%s/uids", dir);
	return mkdir(published, 0755) | mkdir(uids, 0755);
}

/* One more generation of this policy. */
static struct nhi_publish
publish(const char *file)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = conf_plan(file);
	struct nhi_publish p = { "", "" };
	struct nhi_why why = { "" };

	if (nhi_publish(&paths, plan, &p, &why) != NHI_OK ||
	    nhi_publish_clean(&paths, &p, &why) != NHI_OK)
		fail_msg("%s", why.text);
	return p;
}

/* What is there, in order: "1 2 current". */
static void
list(char *out, size_t size)
{
	struct dirent **e;
	int n = scandir(published, &e, NULL, alphasort);

	out[0] = '\0';
	for (int i = 0; i < n; i++) {
		size_t k = strlen(out);

		if (e[i]->d_name[0] != '.')
			(void)snprintf(out + k, size - k, "%s%s",
			    k == 0 ? "" : " ", e[i]->d_name);
		free(e[i]);
	}
	free(e);
}

static void
assert_list(const char *expected)
{
	char there[512];

	list(there, sizeof(there));
	assert_string_equal(there, expected);
}

static void
test_sample(void **state)
{
	struct nhi_publish p = publish(SAMPLE);
	struct nhi_policy policy;
	struct nhi_account a;
	struct nhi_rules *rules = NULL;
	struct nhi_host host = { 0 };
	struct nhi_why why = { "" };

	(void)state;
	assert_string_equal(p.generation, "1");
	assert_string_equal(p.before, "");
	assert_int_equal(nhi_policy_open(published, &policy, &why), NHI_OK);
	assert_int_equal(nhi_policy_rules(&policy, "web-deploy", &a, &rules,
	    &why), NHI_OK);
	assert_string_equal(rules->digest, policy.digest);
	assert_string_equal(rules->identities[0].name, "web-deploy");
	assert_string_equal(rules->issuers[0].jwks,
	    NHI_CACHE_DIR "/github.json");
	assert_int_equal(rules->nissuers, 1);
	nhi_rules_free(rules);
	assert_string_equal(a.home, NHI_HOMES_DIR "/web-deploy");
	assert_string_equal(a.shell, "/bin/sh");
	assert_int_equal(a.ngroups, 2);
	assert_int_equal(a.groups[0], 996);
	assert_int_equal(a.groups[1], 33);
	assert_int_equal(nhi_policy_rules(&policy, "pr-74-1", &a, &rules,
	    &why), NHI_OK);
	assert_string_equal(a.key, "pr-");
	assert_string_equal(a.home, NHI_HOMES_DIR "/pr-74-1");
	nhi_rules_free(rules);
	assert_int_equal(nhi_policy_rules(&policy, "web", &a, &rules, &why),
	    NHI_ERR_ACCOUNT_UNKNOWN);
	assert_int_equal(nhi_policy_host(&policy, &host, &why), NHI_OK);
	assert_string_equal(host.id, "web-1.example.com");
	nhi_host_wipe(&host);
}

/* Declared accounts are registered, templates are not. */
static void
test_registry(void **state)
{
	(void)state;
	(void)publish(SAMPLE);
	assert_int_equal(fake.lo, NHI_UID_LO);
	assert_int_equal(fake.hi, NHI_UID_HI);
	assert_int_equal(fake.names, 1);
	assert_string_equal(fake.last, "web-deploy");
	assert_int_equal(fake.wanted, 0);
	(void)publish(EVERYTHING);
	assert_string_equal(fake.last, "bot");
	assert_int_equal(fake.wanted, 80000);
}

static void
test_registry_refuses(void **state)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan =
	    conf_plan(EVERYTHING);
	struct nhi_publish p = publish(SAMPLE);
	struct nhi_why why = { "" };

	(void)state;
	fake.refuse = "bot";
	assert_int_equal(nhi_publish(&paths, plan, &p, &why),
	    NHI_ERR_UID_EXHAUSTED);
	assert_list("1 current");
}

static void
check_mode(const char *name, mode_t mode)
{
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/1/%s", published, name);
	assert_int_equal(lstat(path, &st), 0);
	if (st.st_mode != mode)
		fail_msg("%s: %o", name, st.st_mode);
}

static void
test_modes(void **state)
{
	mode_t before = umask(0077);

	(void)state;
	(void)publish(SAMPLE);
	(void)umask(before);
	check_mode("", S_IFDIR | 0755);
	check_mode("names", S_IFDIR | 0755);
	check_mode("templates", S_IFDIR | 0755);
	check_mode("rules", S_IFDIR | 0755);
	check_mode("digest", S_IFREG | 0644);
	check_mode("host", S_IFREG | 0644);
	check_mode("rules/web-deploy", S_IFREG | 0644);
	check_mode("rules/pr-", S_IFREG | 0644);
	check_mode("names/web-deploy", S_IFLNK | 0777);
	check_mode("templates/pr-", S_IFLNK | 0777);
}

static void
test_generations(void **state)
{
	struct nhi_publish p;

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		(void)publish(SAMPLE);
	assert_list("2 3 4 current");
	for (unsigned int i = 0; i < 8; i++)
		p = publish(SAMPLE);
	assert_string_equal(p.generation, "12");
	assert_string_equal(p.before, "11");
	assert_list("10 11 12 current");
}

static void
make(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", published, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

/* What crashes leave: half of a generation, a link that was not renamed. */
static void
test_crash(void **state)
{
	struct nhi_publish p;
	char path[256];

	(void)state;
	(void)publish(SAMPLE);
	make("new");
	make("new/names");
	make("new/rules");
	make("7");
	(void)snprintf(path, sizeof(path), "%s/new/names/x", published);
	assert_int_equal(symlink("/etc", path), 0);
	(void)snprintf(path, sizeof(path), "%s/current.tmp-1-2-3", published);
	assert_int_equal(symlink("1", path), 0);
	p = publish(SAMPLE);
	/* 7 was complete, perhaps, and never in force: its number is spent. */
	assert_string_equal(p.generation, "8");
	assert_list("1 8 current");
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void
test_restore(void **state)
{
	struct nhi_publish p = publish(SAMPLE);
	struct nhi_policy policy;
	struct nhi_why why = { "" };
	char digest[NHI_DIGEST_HEX + 1];

	(void)state;
	assert_int_equal(nhi_policy_open(published, &policy, &why), NHI_OK);
	memcpy(digest, policy.digest, sizeof(digest));
	p = publish(EVERYTHING);
	assert_int_equal(nhi_policy_open(published, &policy, &why), NHI_OK);
	assert_string_not_equal(policy.digest, digest);
	assert_int_equal(nhi_publish_restore(&paths, &p, &why), NHI_OK);
	assert_int_equal(nhi_policy_open(published, &policy, &why), NHI_OK);
	assert_string_equal(policy.digest, digest);
	/* The next one does not take the number of the one put aside. */
	p = publish(EVERYTHING);
	assert_string_equal(p.generation, "3");
	assert_list("1 3 current");
}

static void
test_restore_first(void **state)
{
	struct nhi_publish p = publish(SAMPLE);
	struct nhi_policy policy;
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_publish_restore(&paths, &p, &why), NHI_OK);
	assert_int_equal(nhi_policy_open(published, &policy, &why),
	    NHI_ERR_POLICY_UNREADABLE);
}

/* No group of accounts: sshd would not know them. */
static void
test_ungrouped(void **state)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = conf_plan(SAMPLE);
	struct nhi_publish p;
	struct nhi_why why = { "" };

	(void)state;
	plan->grouped = false;
	assert_int_equal(nhi_publish(&paths, plan, &p, &why), NHI_ERR_STATE);
	assert_list("");
}

/* A `current` that is not ours is not touched. */
static void
test_strange(void **state)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = conf_plan(SAMPLE);
	struct nhi_publish p;
	struct nhi_why why = { "" };
	char path[256];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/current", published);
	assert_int_equal(symlink("../elsewhere", path), 0);
	assert_int_equal(nhi_publish(&paths, plan, &p, &why), NHI_ERR_STATE);
	assert_list("current");
}

#define T(f)	TEMP_TEST(f, setup)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(test_sample),
		T(test_registry),
		T(test_registry_refuses),
		T(test_modes),
		T(test_generations),
		T(test_crash),
		T(test_restore),
		T(test_restore_first),
		T(test_ungrouped),
		T(test_strange),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
