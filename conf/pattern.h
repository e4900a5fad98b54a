/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accounts as the policy writes them: a name, or a template with claims in
 * braces, "pr-{repository_id}-{run_id}".  A claim in another one is a path
 * with slashes: "{kubernetes.io/namespace}".
 */
#ifndef NHI_CONF_PATTERN_H
#define NHI_CONF_PATTERN_H

#include "lib/base/name.h"
#include "lib/base/rules.h"

#define NHI_PATTERN_MAX	256	/* bytes of the text */
#define NHI_PATTERN_CLAIMS	8
#define NHI_PATTERN_PREFIX	(NHI_NAME_MAX - NHI_NAME_TAIL)

struct nhi_pattern {
	bool is_template;
	char key[NHI_NAME_MAX + 1];	/* the name, or the literal prefix */
	char pattern[NHI_NAME_MAX + 1];	/* "pr-*-*"; the name of a name */
	size_t nclaims;
};

/* NULL, or what is wrong with it, as the end of a sentence. */
const char	*nhi_pattern_parse(const char *account,
		    struct nhi_pattern *ret);

/* A name that it can make: "pr-0-0". */
void		 nhi_pattern_sample(const struct nhi_pattern *,
		    char ret[static NHI_NAME_MAX + 1]);

#endif
