/* SPDX-License-Identifier: BSD-2-Clause */
/* The certificates of one run of a pipeline, or of one token, by its id. */
#ifndef NHI_NHICTL_RUN_H
#define NHI_NHICTL_RUN_H

#include "lib/base/buf.h"

#define NHI_RUN_MARKS	16384

struct nhi_run {
	char marks[NHI_RUN_MARKS][17];	/* of the tokens; each once */
	size_t n;
	bool more;			/* than have room */
};

/*
 * The tokens whose jti it is, or that have it as a claim which names a run
 * (run_id, pipeline_id, job_id, build_number), as far as something that is
 * valid was issued for them here, or they logged in by themselves.
 */
enum nhi_err	 nhi_run_find(const char *issued, const char *id,
		    struct nhi_run *ret, struct nhi_why *) NHI_MUST;

#endif
