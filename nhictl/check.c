/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl check [--json] [FILE]: the policy of this host, or one file alone;
 * for anybody, and nothing is changed.
 */
#include "config.h"

#include <getopt.h>
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
		    NHI_FILE_NAMED };
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
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'j')
			return nhi_ctl_usage("check");
		r.json = true;
	}
	if (optind < argc - 1)
		return nhi_ctl_usage("check");
	return check(&r, optind < argc ? argv[optind] : NULL);
}
