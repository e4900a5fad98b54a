/* SPDX-License-Identifier: BSD-2-Clause */
/* The login that we run in. */
#ifndef NHI_NHICTL_LOGIN_H
#define NHI_NHICTL_LOGIN_H

#include "lib/base/stamp.h"

/*
 * When it began: the start of the sshd process of this connection, or of the
 * shell below login(1), whatever sudo and su stand between.  A further
 * session over a shared connection is no new login.  NHI_ERR_HOST: we are in
 * none (cron, a detached screen).
 */
enum nhi_err	 nhi_login_start(struct nhi_stamp *ret, struct nhi_why *)
		    NHI_MUST;

#endif
