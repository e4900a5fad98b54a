/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sshd is told of a certificate, whichever road it comes by: root's
 * limits as options, or a forced command that says no.
 */
#ifndef NHI_HELPER_ANSWER_H
#define NHI_HELPER_ANSWER_H

#include "lib/base/policy.h"
#include "lib/base/revoke.h"

struct nhi_answer {
	const char *account;
	const struct nhi_rules *rules;
	const struct nhi_identity *identity;
	int64_t now;
	struct nhi_revoke_query evidence;	/* identity is filled in */
};

/*
 * NHI_ERR_IDENTITY_EXPIRED, NHI_ERR_WINDOW, NHI_ERR_HOLD,
 * NHI_ERR_CERT_REVOKED, NHI_ERR_STATE.
 */
enum nhi_err	 nhi_answer_check(const struct nhi_answer *, struct nhi_why *)
		    NHI_MUST;

/* "restrict" and what policy gives back of it. */
void		 nhi_answer_grant(const struct nhi_identity *,
		    struct nhi_buf *);

/*
 * "restrict" and a certificate's own forced command, for one that pam_nhi
 * refuses.  False where sshd could not read it in a line.
 */
bool		 nhi_answer_forced(struct nhi_span command, struct nhi_buf *);

/*
 * "restrict" and the command that says why not.  False where the account's
 * shell would run something of the account's before it.
 */
bool		 nhi_answer_refuse(const char *account, enum nhi_err,
		    struct nhi_buf *);

#endif
