/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl setup: make this host ready for NHI.  Whatever is so already is left
 * alone, so that it may be run again at any time; nothing is touched that is
 * not NHI's own.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nhictl/nhictl.h"
#include "nhictl/setup.h"

/*
 * The order is safe to stop in: sshd is told last, when everything that it
 * would ask is there.
 */
static const struct nhi_step *const phases[] = {
	nhi_setup_users,
	nhi_setup_dirs,
	nhi_setup_programs,
	nhi_setup_nss,
	nhi_setup_pam,
	nhi_setup_sshd,
	/* End of phases */
};

static enum nhi_err
walk(bool dry_run, struct nhi_step_count *count, struct nhi_why *why)
{
	enum nhi_err err = NHI_OK;

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		err = nhi_step_walk(phases[i], dry_run, stdout, count, why);
		if (err != NHI_OK)
			break;
	}
	return err;
}

int
nhi_verb_setup(int argc, char **argv)
{
	struct nhi_step_count count = { 0, 0, 0 };
	struct nhi_why why = { "" };
	bool dry_run = false;
	enum nhi_err err;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--dry-run") != 0)
			return nhi_ctl_usage("setup");
		dry_run = true;
	}
	if (geteuid() != 0) {
		err = nhi_fail(&why, NHI_ERR_STATE, "setup needs root");
		return nhi_ctl_fail(err, &why);
	}
	err = walk(dry_run, &count, &why);
	(void)printf("setup: %u %s, %u already so, %u skipped\n", count.changed,
	    dry_run ? "to change" : "changed", count.already, count.skipped);
	if (fflush(stdout) != 0 && err == NHI_OK)
		err = nhi_fail(&why, NHI_ERR_STATE, "cannot write the report");
	return err == NHI_OK ? NHI_CTL_OK : nhi_ctl_fail(err, &why);
}
