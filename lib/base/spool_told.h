/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is told once an hour (NHI_SPOOL_ONCE in spool_name.h) leaves its name in
 * the spool, as an empty file of root's, so that its writer finds it taken.
 * Who invents names has no end of them: about a thousand are left, and then
 * none.
 */
#ifndef NHI_BASE_SPOOL_TOLD_H
#define NHI_BASE_SPOOL_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One walk through the spool. */
struct nhi_spool_told {
	int dir;			/* borrowed */
	int64_t now_ms;
	bool counted;
	size_t n;			/* of now, which are there */
};

/* Is it such a name?  It goes when its hour is not now, or the next. */
bool	 nhi_spool_told_is(struct nhi_spool_told *, const char *name);

/* The record of this name is in the trail; any other name is left alone. */
void	 nhi_spool_told_leave(struct nhi_spool_told *, const char *name);

#endif
