/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sudo called by an account: satisfied by the session that calls it, as long
 * as that could still be opened.
 */
#ifndef NHI_PAM_SUDO_H
#define NHI_PAM_SUDO_H

#include "pam_nhi/call.h"

/*
 * Find the session and ask again what was asked at its login: identity in
 * policy, holds, revocations.  Needs the rules; fills the call's caller.
 */
enum nhi_err	 nhi_pam_sudo_check(struct nhi_pam_call *, struct nhi_why *)
		    NHI_MUST;

/* The record of the grant; without it there is none. */
enum nhi_err	 nhi_pam_sudo_record(const struct nhi_pam_call *,
		    struct nhi_why *) NHI_MUST;

/*
 * The account that called sudo where sudoers has PAM asked for another name
 * (targetpw, rootpw, runaspw); NULL for people and other services, at the
 * cost of one readlink.
 */
const char	*nhi_pam_sudo_caller(pam_handle_t *);

#endif
