/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that called PAM: since when, and in which NHI session. */
#ifndef NHI_PAM_CALLER_H
#define NHI_PAM_CALLER_H

#include "pam_nhi/call.h"

/*
 * When this process started: for services other than sshd, when the
 * connection began (nhi_registry_claim).
 */
enum nhi_err	 nhi_pam_caller_start(struct nhi_stamp *ret, struct nhi_why *)
		    NHI_MUST;

/*
 * Does the kernel's audit session of this process belong to a live NHI
 * session of the account?  (A lease is found by audit session and never by
 * UID: several identities may share one.)
 */
enum nhi_err	 nhi_pam_caller_find(const struct nhi_pam_call *,
		    struct nhi_session *ret, struct nhi_why *) NHI_MUST;

/* Give this process an audit session of its own for this UID. */
uint32_t	 nhi_pam_caller_audit(uint32_t uid);

#endif
