/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Removing what an account owned, as root.  Whoever still has a descriptor or
 * a working directory in there may move things about meanwhile: nothing is
 * ever reached by a path, no link is followed, and no directory is emptied
 * before it could be renamed, which a mount point cannot.
 *
 * First the directory is taken out of everybody's way, at once: it moves into
 * DIR/.gone (root's, 0700).  Then, with no lock held, .gone is emptied; what
 * is not done in time is left for the next call.  Several may empty it at
 * once, and where DIR is missing there is nothing to take.
 */
#ifndef NHI_BASE_TREE_H
#define NHI_BASE_TREE_H

#include <sys/types.h>

#include "lib/base/buf.h"

/*
 * Take DIR/NAME away if it is a directory of this user.  *ret: it was there
 * and has gone.  NHI_ERR_STATE: it is there and cannot be taken.
 */
enum nhi_err	 nhi_tree_take(const char *dir, const char *name, uid_t,
		    bool *ret, struct nhi_why *) NHI_MUST;

/* Empty DIR/.gone until the deadline (nhi_clock_ms); how many files went. */
enum nhi_err	 nhi_tree_empty(const char *dir, int64_t deadline,
		    uint64_t *ret_gone, struct nhi_why *) NHI_MUST;

#endif
