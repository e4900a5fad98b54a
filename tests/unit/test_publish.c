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
#include "lib/base/policy.h"
#include "tests/unit/conf_fake.h"

#define SAMPLE	TOP_SRCDIR "/conf/nhi.conf.sample"

static char dir[] = "/tmp/nhi-publish-XXXXXX";
static char published[64], uids[64];

static void
make_world(struct nhi_world *w)
{
	static const struct nhi_world_paths paths = {
		TOP_SRCDIR "/tests/unit/policy/passwd",
		TOP_SRCDIR "/tests/unit/policy/group",
		TOP_SRCDIR "/tests/unit/policy/subuid", "/nonexistent",
		TOP_SRCDIR "/tests/unit/policy/uid_map",
		TOP_SRCDIR "/tests/unit/policy/uid_map",
	};
	struct nhi_why why = { "" };

	if (nhi_world_load(&paths, w, &why) != NHI_OK)
		fail_msg("%s", why.text);
}

static struct nhi_plan *
make_plan(const char *file)
{
	struct nhi_load_paths paths = { file, NULL, NHI_FILE_ANY };
	NHI_AUTO(nhi_conf_freep) struct nhi_conf *conf = NULL;
	struct nhi_faults faults = { 0 };
	struct nhi_plan *plan = NULL;
	struct nhi_world w = { 0 };
	struct nhi_why why = { "" };

	make_world(&w);
	if (nhi_load(&paths, &faults, &conf, &why) != NHI_OK ||
	    nhi_faults_check(&faults, &why) != NHI_OK ||
	    nhi_compile(conf, &w, &plan, &why) != NHI_OK)
		fail_msg("%s", why.text);
	nhi_faults_wipe(&faults);
	nhi_world_wipe(&w);
	return plan;
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(published, sizeof(published), "%s/published", dir);
	(void)snprintf(uids, sizeof(uids), "%s/uids", dir);
	return mkdir(published, 0755) | mkdir(uids, 0755);
}

static void
test_sample(void **state)
{
	struct nhi_publish_paths paths = { published, uids };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = make_plan(SAMPLE);
	struct nhi_publish p = { "", "" };
	struct nhi_policy policy;
	struct nhi_account a;
	struct nhi_rules *rules = NULL;
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_publish(&paths, plan, &p, &why), NHI_OK);
	assert_int_equal(nhi_policy_open(published, &policy, &why), NHI_OK);
	assert_string_equal(policy.digest, plan->digest);
	assert_int_equal(nhi_policy_rules(&policy, "web-deploy", &a, &rules,
	    &why), NHI_OK);
	assert_string_equal(rules->identities[0].name, "web-deploy");
	nhi_rules_free(rules);
	assert_int_equal(nhi_policy_rules(&policy, "pr-74-1", &a, &rules,
	    &why), NHI_OK);
	assert_string_equal(a.key, "pr-");
	assert_string_equal(a.home, NHI_HOMES_DIR "/pr-74-1");
	nhi_rules_free(rules);
	assert_int_equal(nhi_policy_rules(&policy, "web", &a, &rules, &why),
	    NHI_ERR_ACCOUNT_UNKNOWN);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
