/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What authenticate hands on to open_session, which may be another process:
 * a root-only file that is used once, named by a random handle, bound to
 * account, source and session leader.  Only the handle goes through the PAM
 * environment, which ~/.pam_environment can forge.
 */
#ifndef NHI_PAM_PENDING_H
#define NHI_PAM_PENDING_H

#include "pam_nhi/call.h"

#define NHI_PENDING_NAME	"NHI_PENDING"	/* in the PAM environment */
#define NHI_PENDING_S		120		/* seconds that it lives */

struct nhi_pam_pending {
	char identity[65];
	char mark[17];			/* 16 hex digits */
	int64_t expires;		/* of what the token grants */
};

/* Write it and put its handle into the PAM environment.  NHI_ERR_STATE. */
enum nhi_err	 nhi_pam_pending_put(const struct nhi_pam_call *,
		    const struct nhi_pam_pending *, struct nhi_why *)
		    NHI_MUST;

/*
 * Take it: the file is gone and the handle out of the environment whatever
 * comes.  NHI_ERR_NO_EVIDENCE: there is no handle; NHI_ERR_EVIDENCE_FORGED: it
 * is not one of ours, or not for this login.
 */
enum nhi_err	 nhi_pam_pending_take(const struct nhi_pam_call *,
		    struct nhi_pam_pending *ret, struct nhi_why *) NHI_MUST;

#endif
