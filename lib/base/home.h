/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Homes that policy lends for as long as the account has a session
 * (remove_home).  HOMES/.lent/<name> -> <uid> says which; the link outlives a
 * session that was killed, and a boot.
 */
#ifndef NHI_BASE_HOME_H
#define NHI_BASE_HOME_H

#include <stdbool.h>

#include "lib/base/buf.h"

/*
 * A session begins: the home is lent, or (again) the account's own.  The
 * caller holds the lock of the leases.
 */
enum nhi_err	 nhi_home_lend(const char *homes, const char *name,
		    uint32_t uid, bool lent, struct nhi_why *) NHI_MUST;

/*
 * It was lent, and no process of the account lives.  A look through /proc:
 * not to be taken under a lock.
 */
bool		 nhi_home_free(const char *homes, const char *name);

/*
 * The last session has ended: a home that was lent, and is free, is taken away
 * (see lib/base/tree.h); the caller holds the lock.  *ret: it has gone.
 */
enum nhi_err	 nhi_home_return(const char *homes, const char *name,
		    bool *ret, struct nhi_why *) NHI_MUST;

struct nhi_home_places {
	const char *homes;
	const char *leases;
	const char *sessions;
};

/*
 * tick: the same for each that was lent and has no session any more, under the
 * lock of the leases, which is taken for each.
 */
enum nhi_err	 nhi_home_sweep(const struct nhi_home_places *,
		    uint64_t *ret_gone, struct nhi_why *) NHI_MUST;

#endif
