/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cache holds of issuers that the policy has no more, or whose key
 * sets are pinned by now, and what a fetch that died left unfinished.
 */
#ifndef NHI_FETCH_SWEEP_H
#define NHI_FETCH_SWEEP_H

#include "lib/base/buf.h"

/*
 * Remove it, and count the files (not the locks).  What is being fetched stays
 * for the next time; so does everything when the policy cannot be read.
 */
enum nhi_err	 nhi_sweep_cache(const char *published,
		    const char *cache, unsigned int *ret_files,
		    struct nhi_why *) NHI_MUST;

#endif
