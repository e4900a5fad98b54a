/* SPDX-License-Identifier: BSD-2-Clause */
/* One refresh of one key set, from the first request to the cache. */
#ifndef NHI_FETCH_REFRESH_H
#define NHI_FETCH_REFRESH_H

#include "fetch/http.h"
#include "fetch/store.h"

/*
 * The store is open.  A fault leaves the set as it was and is noted beside
 * it.  ret_same: the provider says that nothing has changed.
 */
enum nhi_err	 nhi_refresh(struct nhi_store *, const struct nhi_http *,
		    bool *ret_same, struct nhi_why *) NHI_MUST;

#endif
