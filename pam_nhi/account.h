/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The account stage: may this service enter this account now, and does the
 * account have the UID that sshd froze?  What hangs on the identity comes at
 * the session stage, where the evidence is.
 */
#ifndef NHI_PAM_ACCOUNT_H
#define NHI_PAM_ACCOUNT_H

#include "pam_nhi/call.h"

/*
 * The checks, repeatable: the session stage runs them again, because it may
 * be another process or minutes later.  Loads the rules and fills uid.
 */
enum nhi_err	 nhi_pam_account_check(struct nhi_pam_call *,
		    struct nhi_why *) NHI_MUST;

/* Of these: is the account held, or are all that may have a job of it? */
enum nhi_err	 nhi_pam_account_stopped(const struct nhi_pam_call *,
		    struct nhi_why *) NHI_MUST;

/* The stage; a PAM code. */
int		 nhi_pam_account(pam_handle_t *, int argc, const char **argv);

/* The stage for somebody else: is it an account that calls sudo? */
int		 nhi_pam_account_other(pam_handle_t *, int argc,
		    const char **argv);

#endif
