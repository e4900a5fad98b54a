/* SPDX-License-Identifier: BSD-2-Clause */
/* Cutting a line of the published rules; NHI_ERR_POLICY_INVALID, NO_MEMORY. */
#ifndef NHI_BASE_RULES_CUT_H
#define NHI_BASE_RULES_CUT_H

#include "lib/base/rules.h"

/*
 * Room for one more element of an array that grows by one; the new element is
 * zeroed.  The arrays are short and made once for each login.  NULL: there
 * are max of them, or there is no memory.
 */
void		*nhi_rules_add(void **array, size_t *n, size_t size, size_t max);

/* The next word as a number up to max; as 0 or 1; the next max words. */
enum nhi_err	 nhi_rules_cut_num(struct nhi_span *line, uint64_t max,
		    int64_t *ret) NHI_MUST;
enum nhi_err	 nhi_rules_cut_bool(struct nhi_span *line, bool *ret) NHI_MUST;
enum nhi_err	 nhi_rules_cut_list(struct nhi_span *line, size_t max,
		    struct nhi_list *) NHI_MUST;

#endif
