/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publishing: a new generation beside the old ones, complete and synced, then
 * `current` swapped (the layout is that of lib/base/policy.h).  A crash leaves
 * the old policy in force, and what it left half-made goes with the next one.
 */
#ifndef NHI_CONF_PUBLISH_H
#define NHI_CONF_PUBLISH_H

#include "conf/compile.h"

struct nhi_publish_paths {
	const char *published;
	const char *uids;		/* of the registry */
};

struct nhi_publish {
	char generation[NHI_GENERATION_SIZE];
	char before[NHI_GENERATION_SIZE];	/* "" when there was none */
};

/* The lock of all writers; close the descriptor to give it back. */
enum nhi_err	 nhi_publish_lock(const struct nhi_publish_paths *,
		    int *ret_fd, struct nhi_why *) NHI_MUST;

/*
 * UIDs of new accounts first, then the generation, then the swap.  Under the
 * lock.
 */
enum nhi_err	 nhi_publish(const struct nhi_publish_paths *,
		    const struct nhi_plan *, struct nhi_publish *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * Give the accounts that have a number the one that policy wants now.  When
 * nothing can refuse the policy any more: files keep the number they have.
 */
enum nhi_err	 nhi_publish_move(const struct nhi_publish_paths *,
		    const struct nhi_plan *, struct nhi_why *) NHI_MUST;

/* Put the generation before it back in force (or none).  Under the lock. */
enum nhi_err	 nhi_publish_restore(const struct nhi_publish_paths *,
		    const struct nhi_publish *, struct nhi_why *) NHI_MUST;

/* Remove what is older than need be.  Under the lock, when all is well. */
enum nhi_err	 nhi_publish_clean(const struct nhi_publish_paths *,
		    const struct nhi_publish *, struct nhi_why *) NHI_MUST;

#endif
