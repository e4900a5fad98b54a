/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shares: how many of something are done at once, in all and for one source,
 * by whoever may open the directory.  For what strangers can ask for: none of
 * them has more than his share of the room, and the rest stays for others.  A
 * share is a lock on a byte of one file, gone with the process that holds it:
 * nothing is written and nothing is left.
 */
#ifndef NHI_BASE_SHARE_H
#define NHI_BASE_SHARE_H

#include "lib/base/buf.h"

#define NHI_SHARES		16
#define NHI_SHARES_SOURCE	4	/* of these */
#define NHI_SHARE_MS		5000	/* longest wait, for both */

/*
 * The descriptor is the share.  The source is an address, or NULL where it is
 * not known: it counts in the sum alone.  NHI_ERR_CAP, NHI_ERR_STATE.
 */
enum nhi_err	 nhi_share_take(const char *dir, const char *source,
		    int *ret_fd, struct nhi_why *) NHI_MUST;

#endif
