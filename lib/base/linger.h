/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * systemd-logind lets anybody say that his user manager is to outlive his last
 * session: an empty file in /var/lib/systemd/linger that has the account's
 * name.  It is looked at when that session has gone, and at each boot.  A
 * machine account has nothing that outlives its lease, so the file goes with
 * it.
 */
#ifndef NHI_BASE_LINGER_H
#define NHI_BASE_LINGER_H

#include "lib/base/buf.h"

/*
 * The lease of a machine account may have ended: without one, the file goes.
 * The caller holds the lock of the leases.  What is not there is no failure.
 */
enum nhi_err	 nhi_linger_end(const char *linger, const char *leases,
		    const char *account, struct nhi_why *) NHI_MUST;

struct nhi_linger {
	const char *dir;		/* NHI_LINGER_DIR */
	const char *leases;
	const char *uids;
	const char *generation;		/* of the policy, a path */
};

/*
 * Does a machine account of the policy linger there without a lease?  Who has
 * no UID of ours is a person.  1, 0, or -1 with errno.
 */
int		 nhi_linger_left(const struct nhi_linger *, const char *name);

/* tick: no account does; each under the lock. */
enum nhi_err	 nhi_linger_sweep(const struct nhi_linger *,
		    uint64_t *ret_gone, struct nhi_why *) NHI_MUST;

#endif
