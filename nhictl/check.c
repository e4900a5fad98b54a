/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl check [--json] [FILE]: the policy of this host, or one file alone;
 * for anybody, and nothing is changed.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "nhictl/apply_run.h"
#include "nhictl/nhictl.h"

static int
check(const struct nhi_report *r, const char *file)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_apply_paths paths = nhi_apply_host;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (file != NULL)
		paths.policy = (struct nhi_load_paths){ file, NULL,
		    NHI_FILE_OWN };
	err = nhi_apply_check(&paths, r, &plan, &why);
	if (err == NHI_OK)
		nhi_report_plan(r, plan, NULL);
	if (fflush(r->out) != 0)
		return nhi_ctl_done(false);
	if (err == NHI_OK)
		return NHI_CTL_OK;
	return err == NHI_ERR_POLICY_INVALID ? NHI_CTL_NO :
	    nhi_ctl_fail(err, &why);
}

int
nhi_verb_check(int argc, char **argv)
{
	struct nhi_report r = { stdout, false };
	const char *file = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			r.json = true;
		else if (argv[i][0] == '-' || file != NULL)
			return nhi_ctl_usage("check");
		else
			file = argv[i];
	}
	return check(&r, file);
}
