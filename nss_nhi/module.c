/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What glibc calls.  There is no setpwent and no setgrent: machine accounts
 * are not enumerated.  Where nss.h declares the functions of a module, the
 * compiler compares these with it.
 */
#include "config.h"

#include "lib/base/paths.h"
#include "nss_nhi/nss.h"

#define EXPORT	__attribute__((visibility("default")))

#ifdef NSS_DECLARE_MODULE_FUNCTIONS
NSS_DECLARE_MODULE_FUNCTIONS(nhi)
#endif

static const struct nhi_nss_paths paths = {
	.generation = NHI_PUBLISHED_DIR "/current",
	.uids = NHI_UIDS_DIR,
	.leases = NHI_LEASES_DIR,
};

#define X(fn, params, args)						\
	EXPORT enum nss_status _nss_nhi_##fn(params);			\
	enum nss_status							\
	_nss_nhi_##fn(params)						\
	{								\
		return nhi_nss_##fn(&paths, args);			\
	}
NHI_NSS_ENTRIES(X)
#undef X
