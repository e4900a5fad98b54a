/* SPDX-License-Identifier: BSD-2-Clause */
/* What a login is held against besides its token. */
#ifndef NHI_NHICTL_JUDGE_H
#define NHI_NHICTL_JUDGE_H

#include "lib/base/rules.h"

/* source NULL: not known, and not held against anything. */
enum nhi_err	 nhi_judge(const struct nhi_identity *, const char *source,
		    int64_t now, struct nhi_why *) NHI_MUST;

#endif
