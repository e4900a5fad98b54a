/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All processes of an account at once, by one that has become it.  They may
 * stop or kill that one, which is waited for half a second, then killed, and
 * started again a few times, until the deadline (nhi_clock_ms).
 */
#ifndef NHI_BASE_CROWD_H
#define NHI_BASE_CROWD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Has the account more threads than that?  The kernel counts, and lets one
 * more start or not: no look through /proc is as sure where others come and
 * go all the time.  Cannot be told counts as yes.
 */
bool	 nhi_crowd_more(uint32_t uid, uint32_t n, int64_t deadline);

/* No fork escapes it. */
void	 nhi_crowd_stop(uint32_t uid, int64_t deadline);

/* Takes a third of a second; two where they work against it. */
void	 nhi_crowd_resume(uint32_t uid);

#endif
