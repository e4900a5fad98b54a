/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time that sweeps go by.  A clock that is months ahead for a minute would
 * make spent tokens, revocations and holds look over, and they would be gone
 * when it is right again: they open what was closed.  So a clock that jumped
 * ahead of the kernel's is believed when it has gone evenly for a day; one
 * that went back is believed at once, for it keeps more.  What the clock was
 * before this boot is not known: a host that starts ahead is believed.
 */
#ifndef NHI_NHICTL_TICK_TIME_H
#define NHI_NHICTL_TICK_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/stamp.h"

#define NHI_TICK_TIME_EVEN	86400	/* seconds */
#define NHI_TICK_TIME_SLACK	60	/* what is no jump */

struct nhi_tick_time {
	char boot[NHI_BOOT_ID + 1];	/* "": nothing is known */
	int64_t ref;			/* believed: time of day less uptime */
	int64_t seen;			/* the same at the last tick */
	int64_t since;			/* uptime at the last jump */
};

/* This tick: the time of day, and the uptime of this boot. */
void		 nhi_tick_time_step(struct nhi_tick_time *, int64_t now,
		    int64_t uptime, const char *boot);

/*
 * The time for this tick's sweeps, with what is kept in the file.  When it
 * cannot be kept or read, the time of day.
 */
int64_t		 nhi_tick_time(const char *path, int64_t now);

/*
 * For what lives for minutes: is it older than that?  By the time of day, for
 * that is what it was stamped with; a time to come is a clock that was ahead.
 */
bool		 nhi_tick_time_old(int64_t mtime, int64_t age, int64_t wall);

#endif
