/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that a verdict misses: ask nhi-fetch for them, so that the token can be
 * verified a second time.  For root's processes and for the issuer; nothing
 * that nhi-fetch wrote is read here, only the times of its files.
 */
#ifndef NHI_BASE_REFETCH_H
#define NHI_BASE_REFETCH_H

#include "lib/base/rules.h"
#include "lib/base/verdict.h"

/*
 * Longest wait for nhi-fetch, in ms: less than it takes to give up a provider
 * that says nothing, so that a login is told to come again and not refused.
 */
#define NHI_REFETCH_MS	4000

enum nhi_refetch {
	NHI_REFETCH_NONE,	/* the verdict stands */
	NHI_REFETCH_AGAIN,	/* verify once more */
	NHI_REFETCH_BUSY,	/* somebody fetches; the client may try again */
};

/*
 * The issuer of these rules whose keys the verdict misses, if they can be
 * fetched at all; NULL otherwise.
 */
const struct nhi_issuer *nhi_refetch_issuer(const struct nhi_rules *,
		    const struct nhi_verdict *);

/*
 * Have its keys fetched by `drop` (NHI_DROP), unless that was done a moment
 * ago.  `since` is the time of the verdict.
 */
enum nhi_refetch nhi_refetch(const char *drop, const struct nhi_issuer *,
		    int64_t since);

#endif
