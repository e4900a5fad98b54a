/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ending live sessions, within a second: the process that opened each is told
 * to close it, which runs the PAM stage (cron's does when its job has ended);
 * what has not gone by then (an account can stop its own sshd) is killed, the
 * account's processes of that session first, and the record is finished as
 * tick does.
 */
#ifndef NHI_NHICTL_END_H
#define NHI_NHICTL_END_H

#include "lib/base/session.h"

struct nhi_end {
	const char *by;			/* who ends them */
	const char *reason;
	/* Is it one of them? */
	bool (*wanted)(const struct nhi_session *, const void *);
	const void *arg;
};

/*
 * End the sessions that are wanted; how many did.  The record of each comes
 * after its end: what is to be stopped is stopped first.  NHI_ERR_STATE: one
 * is still there; its record stays.
 */
enum nhi_err	 nhi_end_sessions(const struct nhi_end *,
		    unsigned int *ret_ended, struct nhi_why *) NHI_MUST;

#endif
