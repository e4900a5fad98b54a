/* SPDX-License-Identifier: BSD-2-Clause */
/* The processes of one account in one kernel audit session (lib/base/reap.h). */
#ifndef NHI_BASE_CHASE_H
#define NHI_BASE_CHASE_H

#include <stdbool.h>
#include <stdint.h>

struct nhi_chase {
	uint32_t uid;
	uint32_t audit_session;
	const char *uids;		/* the registry: of its other accounts,
					   too; NULL: of this one alone */
	const char *stopped;		/* the directory of lib/base/halt.h */
	int64_t ms;
	int64_t more_ms;		/* at most, where the host was too
					   busy for a hundred looks */
};

/*
 * SIGKILL until nothing is left, or nothing that does not die (true: whoever
 * does not bury its dead may make that last), or the time is over.
 */
bool		 nhi_chase(const struct nhi_chase *);

/*
 * One look, which sends the signal (0: none); how many there were that are not
 * dying.
 */
unsigned int	 nhi_chase_signal(const struct nhi_chase *, int sig);

#endif
