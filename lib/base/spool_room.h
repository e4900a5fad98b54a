/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting denials by their source: one file of the spool a source and
 * minute, whose size is the number.
 */
#ifndef NHI_BASE_SPOOL_ROOM_H
#define NHI_BASE_SPOOL_ROOM_H

#include "lib/base/buf.h"
#include "lib/base/spool_name.h"

/* IPv4 in 8 hex digits, the /64 of IPv6 in 16, anything else "none". */
void	 nhi_spool_source(const char *address,
	    char ret[static NHI_SPOOL_SOURCE]);

/* The account that stands where a source should; "" when it is one. */
void	 nhi_spool_account(struct nhi_span source,
	    char ret[static NHI_SPOOL_SOURCE]);

/*
 * One byte more in the counter of the caller; its size then, or -1 when it
 * cannot be written or is not the caller's.
 */
int64_t	 nhi_spool_count(int dir, const char *source, int64_t minute);

#endif
