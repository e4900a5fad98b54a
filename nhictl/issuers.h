/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuers of the published policy, in the order of their names. */
#ifndef NHI_NHICTL_ISSUERS_H
#define NHI_NHICTL_ISSUERS_H

#include "lib/base/provider.h"

/*
 * Call fn for each issuer, or for the one of this name (NULL: all), until it
 * returns false.  NHI_ERR_INPUT: there is none of this name.
 */
enum nhi_err	 nhi_issuers_each(const char *name,
		    bool (*fn)(const struct nhi_provider *, void *), void *,
		    struct nhi_why *) NHI_MUST;

/*
 * Have nhi-fetch remove what the cache holds of issuers that the policy has no
 * more.
 */
enum nhi_err	 nhi_issuers_sweep(struct nhi_why *) NHI_MUST;

#endif
