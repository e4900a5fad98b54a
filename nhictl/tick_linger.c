/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: machine accounts that linger without a lease.  The end of a session
 * sees to it; this is for one that was said to linger by root, or by what ran
 * on, or whose file could not be removed then.
 */
#include "config.h"

#include <stdio.h>

#include "lib/base/linger.h"
#include "nhictl/tick.h"

enum nhi_err
nhi_tick_linger(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	char current[512];

	(void)snprintf(current, sizeof(current), "%s/current", t->published);
	return nhi_linger_sweep(&(struct nhi_linger){ .dir = t->linger,
	    .leases = t->leases, .uids = t->uids, .generation = current },
	    ret, why);
}
