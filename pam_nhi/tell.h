/* SPDX-License-Identifier: BSD-2-Clause */
/* Saying no: the record for the administrator, a word for the client. */
#ifndef NHI_PAM_TELL_H
#define NHI_PAM_TELL_H

#include "pam_nhi/call.h"

/* Fill in what the call knows: component, host, account, uid, source ... */
void	 nhi_pam_event(const struct nhi_pam_call *, struct nhi_event *);

/*
 * Record a refusal; id is "-" where that failed, or where its source has no
 * room for another in this minute (nhi_spool_room).
 */
void	 nhi_pam_tell_trail(const struct nhi_pam_call *, struct nhi_event *,
	    char id[static NHI_AUDIT_ID + 1]);

/*
 * Record a refusal (event, reason, detail and what else is known) and tell
 * the client `nhi: refused: <public reason> <id>`.
 */
void	 nhi_pam_tell(const struct nhi_pam_call *, struct nhi_event *);

/* Only tell: for what has been recorded, or is told too often to record. */
void	 nhi_pam_tell_only(const struct nhi_pam_call *, enum nhi_err,
	    const char *id);

/* PAM codes of a refusal. */
int	 nhi_pam_code_account(enum nhi_err);
int	 nhi_pam_code_session(enum nhi_err);

#endif
