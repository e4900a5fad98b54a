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
 * End what an account left behind: all processes whose four UIDs are this one
 * and whose audit session is this one (what sudo started is root's and
 * stays).  SIGTERM, half a second, SIGKILL.  Returns how many there were; 0
 * at once without an audit session (0 or UINT32_MAX) or for a UID that is not
 * a machine account's.
 */
unsigned int nhi_reap_session(uint32_t uid, uint32_t audit_session);

/* The same at once, by SIGKILL. */
void	 nhi_reap_kill(uint32_t uid, uint32_t audit_session);

/*
 * Does a process live that has the UID as one of its four, in whatever
 * session?  1, 0, or -1 with errno when it cannot be told.
 */
int	 nhi_reap_alive(uint32_t uid);

#endif
