/* SPDX-License-Identifier: BSD-2-Clause */
/* The home of a machine account. */
#ifndef NHI_PAM_HOME_H
#define NHI_PAM_HOME_H

#include "lib/base/policy.h"

/*
 * Make the home where it is ours to make (directly below NHI_HOMES_DIR): 0700
 * and the account's.  One that another UID owns (but root) moves into .left,
 * which is root's.  lent: it goes with the last session.  A home elsewhere
 * is the administrator's.  The caller holds the lock of the leases.
 */
enum nhi_err	 nhi_pam_home_make(const struct nhi_account *, uint32_t uid,
		    bool lent, struct nhi_why *) NHI_MUST;

#endif
