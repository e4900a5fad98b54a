/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What machine accounts run without evidence: jobs of cron and at, and their
 * user manager.  The kernel knows them: the login UID is the account's.  (Who
 * comes by a person has the person's.)
 */
#ifndef NHI_NHICTL_JOBS_H
#define NHI_NHICTL_JOBS_H

#include "lib/base/hold.h"

#define NHI_JOBS	256	/* audit sessions that are ended at once */

/*
 * End those that this hold reaches, also one that has no process yet, each with
 * a record; how many did.  Which identity began one nobody wrote down: a hold
 * over an identity or an issuer reaches an account when it leaves none that may
 * have jobs, and no session.
 *
 * The hold is in force, and the sessions that it reaches have been ended: what
 * is left of one would be taken for a job.  NHI_ERR_STATE: one is still there,
 * or it cannot be told.
 */
enum nhi_err	 nhi_jobs_end(const struct nhi_hold *, unsigned int *ret_ended,
		    struct nhi_why *) NHI_MUST;

#endif
