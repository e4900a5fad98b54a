/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl policy digest: of the policy in force, which is the one that audit
 * records carry.  "nhictl check" tells that of a file.
 */
#include "config.h"

#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "nhictl/nhictl.h"

int
nhi_verb_policy_digest(int argc, char **argv)
{
	struct nhi_policy policy;
	struct nhi_why why = { "" };
	enum nhi_err err;

	(void)argv;
	if (argc > 1)
		return nhi_ctl_usage("policy digest");
	err = nhi_policy_open(NHI_PUBLISHED_DIR, &policy, &why);
	if (err != NHI_OK)
		return nhi_ctl_fail(err, &why);
	(void)printf("%s\n", policy.digest);
	return nhi_ctl_done(fflush(stdout) == 0);
}
