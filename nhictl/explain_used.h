/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ledger says of a token that explain would let in. */
#ifndef NHI_NHICTL_EXPLAIN_USED_H
#define NHI_NHICTL_EXPLAIN_USED_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/mark.h"

struct nhi_used {
	char by[NHI_MARK_KEY];		/* the key that spent it; "": nobody */
	bool unknown;			/* only root may read the marks */
};

/*
 * mark: 64 hex digits, or "" for claims, of which nothing is known.  NHI_OK
 * also for one that was spent with a key that may come again, which it tells:
 * if it is `key`, where that is known (NULL: it is not).
 * NHI_ERR_REPLAY, NHI_ERR_STATE.
 */
enum nhi_err	 nhi_explain_used(const char *mark, const char *key,
		    bool never, struct nhi_used *, struct nhi_why *) NHI_MUST;

#endif
