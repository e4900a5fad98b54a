/* SPDX-License-Identifier: BSD-2-Clause */
/* Ending what a session leaves behind. */
#ifndef NHI_PAM_LEAVE_H
#define NHI_PAM_LEAVE_H

#include "lib/base/session.h"

/*
 * SIGKILL the processes that run under the account's UID *and* belong to the
 * session's kernel audit session: never root's (what sudo started keeps the
 * audit session), never another session's of the same account.  Without an
 * audit session nothing can be told to be this session's, and nothing is
 * ended.
 */
void	 nhi_pam_leave_end(const struct nhi_session *);

#endif
