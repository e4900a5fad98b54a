/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ending processes: never by a bare number, which may be another process's by
 * now, where the kernel has anything else; and never root's.
 */
#ifndef NHI_BASE_REAP_H
#define NHI_BASE_REAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/chase.h"
#include "lib/base/err.h"

#define NHI_REAP_MS		2000	/* of a chase while somebody waits */
#define NHI_REAP_MORE_MS	6000	/* on a host without a processor */
#define NHI_REAP_TICK_MS	10000	/* while nobody does */

/*
 * Send the signal to the process that began at this tick.  False: it is not
 * there any more, or it cannot be signalled.
 */
bool	 nhi_reap_process(pid_t, uint64_t start, int sig);

/*
 * SIGKILL the processes that run under the account's UID *and* belong to the
 * kernel audit session: never root's (what sudo started keeps the audit
 * session), never another session's of the same account.  Those are stopped
 * for some milliseconds when one forks and leaves as fast as it is chased, and
 * with them whoever waits for one (su, sudo: lib/base/halt.h).
 *
 * False: the time is over, and some are left, or it was not seen that none is;
 * they may be asked to end again.  It may take more_ms more where looks are
 * slow, for want of a processor or because they have thousands of processes,
 * and two seconds more where those work against it.  Nothing, and true,
 * without an audit session (0 or UINT32_MAX), which alone tells whose they
 * are, or for a UID that is not a machine account's.
 */
bool	 nhi_reap_kill(const struct nhi_chase *) NHI_MUST;

/*
 * The same after SIGTERM and half a second; how many there were at the
 * beginning.
 */
bool	 nhi_reap_session(const struct nhi_chase *, unsigned int *ret_found)
	    NHI_MUST;

/* How many there are that are not dying. */
unsigned int nhi_reap_left(const struct nhi_chase *);

/*
 * Does a process live that has the UID as one of its four, in whatever
 * session?  1, 0, or -1 with errno when it cannot be told.
 */
int	 nhi_reap_alive(uint32_t uid);

#endif
