/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Leases: while an account has a session, its name resolves for everybody.
 *	leases/<account>  -> <boot>:<uid>:<sessions>, replaced by rename
 * Written by root; who writes holds the lock of the directory from counting
 * the sessions to writing the lease (nhi_state_lock).  Readers take none.
 */
#ifndef NHI_BASE_LEASE_H
#define NHI_BASE_LEASE_H

#include "lib/base/buf.h"

/* Is there a lease of this boot?  1, 0, or -1 with errno. */
int		 nhi_lease_live(const char *leases, const char *account);

/* Write the lease for this many live sessions; 0 removes it. */
enum nhi_err	 nhi_lease_set(const char *leases, const char *account,
		    uint32_t uid, uint32_t sessions, struct nhi_why *)
		    NHI_MUST;

/*
 * Hold the lock of a state directory (flock of DIR/.lock, made 0600) after at
 * most so long of waiting (NHI_ERR_CAP: others had it); the descriptor is the
 * lock.
 */
#define NHI_LOCK_MS	10000	/* where hundreds may log in at once */
#define NHI_LOCK_CTL_MS	2000	/* administrators among themselves */

enum nhi_err	 nhi_state_lock(const char *dir, int64_t ms, int *ret_fd,
		    struct nhi_why *) NHI_MUST;

#endif
