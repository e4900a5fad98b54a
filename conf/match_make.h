/* SPDX-License-Identifier: BSD-2-Clause */
/* From a match as it was written to a match as rules.h has it. */
#ifndef NHI_CONF_MATCH_MAKE_H
#define NHI_CONF_MATCH_MAKE_H

#include "conf/schema.h"

/* A view of one; its lists are the setting's own and not to be wiped. */
struct nhi_match	 nhi_match_view(const struct nhi_conf_match *);

/* The same for all of an identity, to be given to free(3); NULL: no memory. */
struct nhi_match	*nhi_match_borrow(const struct nhi_groups *);

/* Can no claim be as both want it? */
bool			 nhi_match_disjoint(const struct nhi_match *,
			    const struct nhi_match *);

#endif
