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

/*
 * Send the signal to the process that began at this tick.  False: it is not
 * there any more, or it cannot be signalled.
 */
bool	 nhi_reap_process(pid_t, uint64_t start, int sig);

/*
 * SIGKILL the processes that run under the account's UID *and* belong to the
 * kernel audit session: never root's (what sudo started keeps the audit
 * session), never another session's of the same account, which are stopped
 * for some milliseconds when one forks and leaves as fast as it is chased.
 * Two seconds, and two more where those work against it.  Nothing without an
 * audit session (0 or UINT32_MAX), which alone tells whose they are, or for a
 * UID that is not a machine account's.
 */
void	 nhi_reap_kill(uint32_t uid, uint32_t audit_session);

/*
 * The same after SIGTERM and half a second; returns how many there were at
 * the beginning.
 */
unsigned int nhi_reap_session(uint32_t uid, uint32_t audit_session);

/*
 * Does a process live that has the UID as one of its four, in whatever
 * session?  1, 0, or -1 with errno when it cannot be told.
 */
int	 nhi_reap_alive(uint32_t uid);

#endif
