/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy as a sorted set of facts, each one setting of one thing, so that
 * two policies can be told apart: { "identity", "web-deploy", "source",
 * "10.0.0.0/8" }.
 */
#ifndef NHI_NHICTL_FACT_H
#define NHI_NHICTL_FACT_H

#include "conf/compile.h"

struct nhi_fact {
	const char *kind;		/* "host", "issuer", "identity" */
	char *name;
	const char *field;
	char *value;
};

struct nhi_facts {
	struct nhi_fact *p;		/* sorted, each once */
	size_t n;
	size_t room;
};

enum nhi_err	 nhi_facts_make(const struct nhi_plan *,
		    struct nhi_facts *ret, struct nhi_why *) NHI_MUST;
void		 nhi_facts_wipe(struct nhi_facts *);

/* By kind and name; then by field and value. */
int		 nhi_fact_compare_thing(const struct nhi_fact *,
		    const struct nhi_fact *);
int		 nhi_fact_compare(const struct nhi_fact *,
		    const struct nhi_fact *);

#endif
