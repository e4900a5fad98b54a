/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The time that sweeps go by.  A clock that is months ahead for an hour would
 * make spent tokens, revocations, holds and UIDs look over, and they would be
 * gone when it is right again: that opens what was closed.  So tick keeps a
 * time of its own, which the kernel counts on from tick to tick.  Where the
 * time of day is another one (it was set, or a boot is between two ticks,
 * of which nobody knows how long it took), it is believed when it was so for
 * a day, over all boots: the earliest that it said in that day.  Ahead and
 * behind have a day each, which ends when the clock is right.  Until then a
 * clock that is ahead makes nothing over, and one that is behind ends nothing
 * at all.  On the first day of a host nothing is known, and the time of day is
 * believed, but for UIDs.
 */
#ifndef NHI_NHICTL_TICK_TIME_H
#define NHI_NHICTL_TICK_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/stamp.h"

#define NHI_TICK_TIME_WAIT	86400	/* seconds that ticks saw go by */
#define NHI_TICK_TIME_SLACK	60	/* what is no other time */

/* Waits to be believed; time 0: none. */
struct nhi_tick_claim {
	int64_t time;
	int64_t waited;			/* seconds */
};

struct nhi_tick_time {
	int64_t time;			/* believed; 0: nothing is known */
	struct nhi_tick_claim ahead;	/* later than it */
	struct nhi_tick_claim behind;	/* earlier */
	struct nhi_stamp at;		/* the last tick: boot, and seconds */
	int64_t wall;			/* its time of day */
	int64_t last;			/* that of the tick before it; 0: none */
};

/* Another tick finds this time of day; what the kernel counts in seconds. */
void		 nhi_tick_time_step(struct nhi_tick_time *, int64_t now,
		    const struct nhi_stamp *);

/* The same with what the kernel counts: while it runs, not in a suspend. */
enum nhi_err	 nhi_tick_time_pass(struct nhi_tick_time *, int64_t now,
		    struct nhi_why *) NHI_MUST;

/* What expired before this is over; 0: nothing is. */
int64_t		 nhi_tick_time_over(const struct nhi_tick_time *, int64_t now);

/* Is more known than the time of day? */
bool		 nhi_tick_time_known(const struct nhi_tick_time *);

/* The link DIR/clock; where there is none, or no such text, all is zero. */
void		 nhi_tick_time_load(const char *dir,
		    struct nhi_tick_time *ret);
enum nhi_err	 nhi_tick_time_save(const char *dir,
		    const struct nhi_tick_time *, struct nhi_why *) NHI_MUST;

/*
 * For what lives for minutes: is it older than that?  By the time of day, for
 * that is what it was stamped with; a time to come is a clock that was ahead.
 */
bool		 nhi_tick_time_old(int64_t mtime, int64_t age, int64_t wall);

#endif
