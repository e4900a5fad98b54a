/* SPDX-License-Identifier: BSD-2-Clause */
/* What apply does, apart from its command line. */
#ifndef NHI_NHICTL_APPLY_RUN_H
#define NHI_NHICTL_APPLY_RUN_H

#include "conf/check.h"
#include "conf/publish.h"
#include "conf/trust.h"
#include "nhictl/report.h"

struct nhi_apply_paths {
	struct nhi_load_paths policy;
	const struct nhi_world_paths *world;
	struct nhi_publish_paths publish;
	struct nhi_trust_paths trust;
	bool sudo;			/* write sudo's fragment */
};

/* Those of a running host. */
extern const struct nhi_apply_paths nhi_apply_host;

/* Load the policy and judge it on this host; its faults are the caller's. */
enum nhi_err	 nhi_apply_judge(const struct nhi_apply_paths *,
		    struct nhi_faults *, struct nhi_plan **ret,
		    struct nhi_why *) NHI_MUST;

/* The same, and report what is wrong with it. */
enum nhi_err	 nhi_apply_check(const struct nhi_apply_paths *,
		    const struct nhi_report *, struct nhi_plan **ret,
		    struct nhi_why *) NHI_MUST;

/*
 * What sshd and sudo say before anything is written: all that they refuse but
 * what depends on an account or a line that is not there yet.
 */
enum nhi_err	 nhi_apply_try(const struct nhi_apply_paths *,
		    const struct nhi_report *, const struct nhi_plan *,
		    struct nhi_why *) NHI_MUST;

/*
 * Publish, trust, hold sshd against it, record.  Whatever fails, the policy
 * before it is in force again.  Under the lock of publishing, taken before the
 * policy was read.
 */
enum nhi_err	 nhi_apply_publish(const struct nhi_apply_paths *,
		    const struct nhi_report *, const struct nhi_plan *,
		    struct nhi_why *) NHI_MUST;

/* The record of a policy that was refused, for this reason. */
enum nhi_err	 nhi_apply_rejected(enum nhi_err, const struct nhi_why *,
		    struct nhi_why *ret) NHI_MUST;

#endif
