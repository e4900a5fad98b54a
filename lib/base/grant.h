/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What root holds an identity against before it is given anything, whichever
 * road it comes by: from the policy and from root's own state, never from a
 * verdict.  A verdict says which identity, and when its token ends.
 *
 * Where several reasons apply, the first in this order is told: the identity's
 * last day, source, window, hold, revocation.  Times are seconds since 1970.
 */
#ifndef NHI_BASE_GRANT_H
#define NHI_BASE_GRANT_H

#include "lib/base/revoke.h"
#include "lib/base/verdict.h"

struct nhi_grant {
	const char *account;
	const struct nhi_rules *rules;
	const struct nhi_identity *identity;	/* of these rules */
	const char *source;	/* "": unknown; NULL: this caller cannot tell */
	int64_t now;
	struct nhi_revoke_query evidence;	/* identity is filled in */
};

/* The rules' identity of this name, or NULL. */
const struct nhi_identity	*nhi_grant_named(const struct nhi_rules *,
				    const char *name);

/* The one that a verdict names by its number.  NHI_ERR_VERIFIER: there is none. */
enum nhi_err	 nhi_grant_find(const struct nhi_rules *, uint32_t number,
		    const struct nhi_identity **ret, struct nhi_why *)
		    NHI_MUST;

/* NHI_ERR_IDENTITY_EXPIRED, or NHI_OK. */
enum nhi_err	 nhi_grant_alive(const struct nhi_identity *, int64_t now,
		    struct nhi_why *) NHI_MUST;

/* NHI_ERR_VERIFIER unless it may log in by a token that its key is bound to. */
enum nhi_err	 nhi_grant_direct(const struct nhi_rules *,
		    const struct nhi_identity *, struct nhi_why *) NHI_MUST;

/*
 * NHI_ERR_IDENTITY_EXPIRED, NHI_ERR_SOURCE or NHI_ERR_WINDOW.  An identity that
 * has sources does not come from an unknown one ("").
 */
enum nhi_err	 nhi_grant_place(const struct nhi_identity *,
		    const char *source, int64_t now, struct nhi_why *)
		    NHI_MUST;

/* NHI_ERR_HOLD, NHI_ERR_CERT_REVOKED, NHI_ERR_STATE. */
enum nhi_err	 nhi_grant_stopped(const struct nhi_grant *, struct nhi_why *)
		    NHI_MUST;

/* Both. */
enum nhi_err	 nhi_grant_check(const struct nhi_grant *, struct nhi_why *)
		    NHI_MUST;

/*
 * What the account runs by itself (cron, at): one identity that may have such
 * jobs and is not held is enough; a hold over the account is the caller's to
 * ask for.  NHI_ERR_SERVICE: none may; NHI_ERR_HOLD: those are held.
 */
enum nhi_err	 nhi_grant_jobs(const struct nhi_rules *, int64_t now,
		    struct nhi_why *) NHI_MUST;

/*
 * Until when a token that ends at exp is good for something: the policy's ttl,
 * the token's own life and its grace, the identity's last day.
 * NHI_ERR_EXPIRED: no longer.
 */
enum nhi_err	 nhi_grant_until(const struct nhi_grant *, int64_t exp,
		    int64_t *ret, struct nhi_why *) NHI_MUST;

/*
 * Spend the verdict's token for the key with this fingerprint; NULL: for none,
 * and so only once.  As nhi_mark_spend.
 */
enum nhi_err	 nhi_grant_spend(const struct nhi_issuer *,
		    const struct nhi_verdict *, const char *fingerprint,
		    struct nhi_why *) NHI_MUST;

#endif
