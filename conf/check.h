/* SPDX-License-Identifier: BSD-2-Clause */
/* From files to a plan, with everything that is wrong on the way. */
#ifndef NHI_CONF_CHECK_H
#define NHI_CONF_CHECK_H

#include "conf/compile.h"
#include "conf/fault.h"

/*
 * NHI_OK with a plan (and perhaps warnings); NHI_ERR_POLICY_INVALID with
 * faults, sorted; NHI_ERR_POLICY_UNREADABLE, NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_check(const struct nhi_load_paths *,
		    const struct nhi_world *, struct nhi_faults *,
		    struct nhi_plan **ret, struct nhi_why *) NHI_MUST;

#endif
