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
#include "tests/unit/conf_world.h"

#define SAMPLE	TOP_SRCDIR "/conf/nhi.conf.sample"

static char dir[] = "/tmp/nhi-publish-XXXXXX";
static char published[64], uids[64];

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
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = conf_plan(SAMPLE);
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
