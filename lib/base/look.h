/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One look through /proc for what an account runs: the processes of one kernel
 * audit session, which get a signal, and how much else there is.
 */
#ifndef NHI_BASE_LOOK_H
#define NHI_BASE_LOOK_H

#include <stdbool.h>
#include <stdint.h>

struct nhi_look {
	uint32_t uid;
	uint32_t audit_session;
	const char *uids;		/* the registry; NULL: that uid alone */
	int sig;			/* 0: only look */
	bool exact;			/* count set-uid programs, too */
	/* By one look: */
	uint32_t found;			/* of the session, alive */
	uint32_t fresh;			/* of them, those not dying yet; with
					   SIGSTOP: those not stopped yet */
	uint32_t dying;			/* threads of the others of them */
	uint32_t others;		/* threads of the account that stay */
	uint32_t zombies;		/* of the account */
	uint32_t own;			/* of them, those that we must bury */
	uint64_t sum;			/* of the zombies' numbers */
	uint64_t mark;			/* of all that was counted */
	bool lost;			/* one that was there has gone */
	bool blind;			/* not all could be looked at */
	bool foreign;			/* kept: one had another account's uid,
					   by a set-uid program of its */
	bool quiet;			/* nothing was started on the host */
};

/*
 * Must another look follow?  One was ended, and may have had a child by then;
 * or it was there and has gone, perhaps leaving one.  A zombie, too, may have
 * lived when the directory was read.  Where none need follow, what a quiet look
 * did not find is not there: who forks is there himself until his child is.
 */
bool	 nhi_look(struct nhi_look *);

#endif
