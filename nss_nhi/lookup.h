/* SPDX-License-Identifier: BSD-2-Clause */
/* What resolves for whom. */
#ifndef NHI_NSS_NHI_LOOKUP_H
#define NHI_NSS_NHI_LOOKUP_H

#include "lib/base/policy.h"
#include "nss_nhi/nss.h"

struct nhi_nss_user {
	uint32_t uid;			/* and number of the private group */
	struct nhi_account account;
};

/*
 * 1 found, 0 there is none (for this caller), -1 with errno; *ret is good
 * only when found (this is called too often for a copy).  A declared name
 * resolves for everybody; a template's for effective uid 0 as soon as it fits
 * and for everybody while it has a lease.  A number resolves for everybody
 * for as long as the registry knows it.
 */
int	 nhi_nss_find_name(const struct nhi_nss_paths *, const char *name,
	    struct nhi_nss_user *ret);
int	 nhi_nss_find_uid(const struct nhi_nss_paths *, uint32_t uid,
	    struct nhi_nss_user *ret);

/* Status for what was found when it was not 1; stores *errnop last. */
enum nss_status	 nhi_nss_miss(int found, int *errnop);

/* The buffer is too small: the caller comes again with a larger one. */
enum nss_status	 nhi_nss_small(int *errnop);

/* Copy size bytes to *p and move on; the caller has counted the room. */
char		*nhi_nss_put(char **p, const char *, size_t size);

#endif
