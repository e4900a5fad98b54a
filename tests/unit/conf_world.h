/* SPDX-License-Identifier: BSD-2-Clause */
/* A host that is the same on every machine, for the tests of conf/. */
#ifndef NHI_TESTS_UNIT_CONF_WORLD_H
#define NHI_TESTS_UNIT_CONF_WORLD_H

#include "conf/check.h"

#define CONF_NOW	1795000000	/* November 2026 */

void		 conf_world(struct nhi_world *);

/* Make or replace a file, 0644, or fail the test. */
void		 conf_put(const char *path, const char *text);

/* nhi_check on it, of a file of anybody. */
enum nhi_err	 conf_check(const char *file, struct nhi_faults *,
		    struct nhi_plan **ret, struct nhi_why *) NHI_MUST;

/* The plan of a good file; fails the test otherwise. */
struct nhi_plan	*conf_plan(const char *file);

#endif
