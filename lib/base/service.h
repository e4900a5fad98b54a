/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every program that runs as a service user (nhi-verify, nhi-fetch) makes
 * sure of before it does anything else.
 */
#ifndef NHI_BASE_SERVICE_H
#define NHI_BASE_SERVICE_H

#include <sys/resource.h>

#include "lib/base/buf.h"

/*
 * Are all of our uids, gids and groups those of the owner of this file (below
 * NHI_ID_*), and none of them root's?  NHI_ERR_INTERNAL otherwise.
 */
enum nhi_err	 nhi_service_identity(const char *file, struct nhi_why *)
		    NHI_MUST;

struct nhi_service_limits {
	rlim_t cpu;			/* seconds */
	rlim_t memory;			/* bytes of address space */
	rlim_t files;			/* descriptors */
	rlim_t file;			/* bytes of one that is written */
};

/*
 * No new privileges, not dumpable, no core, and these limits; none of it can
 * be taken back.  NHI_ERR_INTERNAL when one is refused.
 */
enum nhi_err	 nhi_service_limit(const struct nhi_service_limits *,
		    struct nhi_why *) NHI_MUST;

#endif
