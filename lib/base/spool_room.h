/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting denials by their source: one file of the spool a source and
 * minute, whose size is the number.
 */
#ifndef NHI_BASE_SPOOL_ROOM_H
#define NHI_BASE_SPOOL_ROOM_H

#include "lib/base/audit.h"
#include "lib/base/spool_name.h"

#define NHI_SPOOL_SUBJECTS	8	/* rooms of those without a source */

/* IPv4 in 8 hex digits, the /64 of IPv6 in 16, anything else "none". */
void	 nhi_spool_source(const char *address,
	    char ret[static NHI_SPOOL_SOURCE]);

/*
 * Whose room it is: the source's.  Where there is none, of those whose token
 * its issuer has signed (it has a mark) one of a few, by issuer and subject:
 * anybody can send what nobody signed, and would fill the one that they shared.
 */
void	 nhi_spool_place(const struct nhi_event *,
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
