/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl apply [--check-only] [--json] */
#include "config.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/apply_run.h"
#include "nhictl/issuers.h"
#include "nhictl/nhictl.h"

static int
finish(const struct nhi_report *r, enum nhi_err err, const struct nhi_why *why)
{
	if (fflush(r->out) != 0)
		return nhi_ctl_done(false);
	if (err == NHI_OK)
		return NHI_CTL_OK;
	/* Its faults are printed. */
	if (err == NHI_ERR_POLICY_INVALID)
		return NHI_CTL_NO;
	(void)nhi_ctl_fail(err, why);
	return nhi_err_class(err) == NHI_CLASS_FAULT ? NHI_CTL_FAULT :
	    NHI_CTL_NO;
}

/* What only the host can tell is no fault that the check has printed. */
static enum nhi_err
on_host(const struct nhi_report *r, const struct nhi_plan *plan,
    bool check_only, struct nhi_why *why)
{
	enum nhi_err err = check_only ?
	    nhi_apply_try(&nhi_apply_host, r, plan, why) :
	    nhi_apply_publish(&nhi_apply_host, r, plan, why);

	if (err == NHI_ERR_POLICY_INVALID)
		(void)nhi_ctl_fail(err, why);
	return err;
}

static int
apply(const struct nhi_report *r, bool check_only)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_why why = { "" }, late = { "" };
	enum nhi_err err, locked = NHI_OK;

	/*
	 * Before the file is read: of two at once the later one has the later
	 * text.  Faults of the file are told all the same.
	 */
	if (!check_only)
		locked = nhi_publish_lock(&nhi_apply_host.publish, &lock,
		    &late);
	err = nhi_apply_check(&nhi_apply_host, r, &plan, &why);
	if (err == NHI_OK && locked != NHI_OK) {
		err = locked;
		why = late;
	}
	if (err == NHI_OK)
		err = on_host(r, plan, check_only, &why);
	if (check_only && err == NHI_OK)
		nhi_report_plan(r, plan, NULL);
	if (check_only)
		return finish(r, err, &why);
	/* The policy is in force with or without; a timer tries again. */
	if (err == NHI_OK && nhi_issuers_sweep(&late) != NHI_OK)
		(void)nhi_ctl_fail(NHI_ERR_STATE, &late);
	if (err != NHI_OK && nhi_apply_rejected(err, &why, &late) != NHI_OK)
		(void)nhi_ctl_fail(NHI_ERR_AUDIT_UNAVAILABLE, &late);
	return finish(r, err, &why);
}

int
nhi_verb_apply(int argc, char **argv)
{
	struct nhi_report r = { stdout, false };
	const struct nhi_why root = { "only root may apply a policy" };
	static const struct option options[] = {
		{ "check-only", no_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	bool check_only = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'c' && c != 'j')
			return nhi_ctl_usage("apply");
		check_only = check_only || c == 'c';
		r.json = r.json || c == 'j';
	}
	if (optind != argc)
		return nhi_ctl_usage("apply");
	if (geteuid() != 0)
		return nhi_ctl_fail(NHI_ERR_STATE, &root);
	return apply(&r, check_only);
}
