/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sshd is told of a certificate, whichever road it comes by: root's
 * limits as options, or a forced command that says no.
 */
#ifndef NHI_HELPER_ANSWER_H
#define NHI_HELPER_ANSWER_H

#include "lib/base/policy.h"

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
