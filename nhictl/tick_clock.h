/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * May the wall clock decide that something is months old?  A clock that is
 * wrong for an hour must not: it is believed when it has gone as the kernel's
 * own clock did for a day, over all ticks.  A boot between two ticks says
 * nothing, unless it took longer than a week by that clock, or less than
 * nothing; a jump begins the day anew.
 */
#ifndef NHI_NHICTL_TICK_CLOCK_H
#define NHI_NHICTL_TICK_CLOCK_H

#include "lib/base/stamp.h"

#define NHI_TICK_CLOCK_EVEN	(24 * 60 * 60)

struct nhi_tick_clock {
	int64_t now;			/* the wall clock of a tick */
	struct nhi_stamp stamp;		/* and the kernel's */
	int64_t even;			/* how long they went alike, s */
	int64_t swept;			/* the last that decided; 0: none */
};

/* What another tick finds, after the one in `c` (all zero: there was none). */
void		 nhi_tick_clock_step(struct nhi_tick_clock *c, int64_t now,
		    const struct nhi_stamp *);

/* The link DIR/clock; one that is not there, or means nothing, is no tick. */
void		 nhi_tick_clock_load(const char *dir,
		    struct nhi_tick_clock *ret);
enum nhi_err	 nhi_tick_clock_save(const char *dir,
		    const struct nhi_tick_clock *, struct nhi_why *) NHI_MUST;

#endif
