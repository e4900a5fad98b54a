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

/*
 * From one that has become it: to all of the account at once, and to nobody
 * else.  1; 0: no process can be started; -1: it was not seen to get to its
 * end.
 */
int	 nhi_crowd_signal(uint32_t uid, int sig, int64_t deadline);

#endif
