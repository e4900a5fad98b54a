/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the compiler that makes identities and their accounts. */
#ifndef NHI_CONF_COMPILE_IDENTITY_H
#define NHI_CONF_COMPILE_IDENTITY_H

#include "conf/compile.h"

/* Identities in the order of the plan: by account, then by name. */
struct nhi_order {
	struct nhi_pattern account;
	const struct nhi_conf_identity *from;
};

/* One more than there are, so that it is never empty; NULL: no memory. */
struct nhi_order	*nhi_order_make(const struct nhi_groups *);
void			 nhi_order_free(struct nhi_order **);

/* Append it, and its account where it is the first of it. */
enum nhi_err		 nhi_compile_identity(const struct nhi_conf_top *,
			    const struct nhi_world *, const struct nhi_order *,
			    struct nhi_plan *, struct nhi_why *) NHI_MUST;

/* A sorted copy without doubles into an empty list. */
enum nhi_err		 nhi_list_copy_sorted(const struct nhi_list *from,
			    struct nhi_list *to) NHI_MUST;

#endif
