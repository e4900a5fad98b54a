/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAM service's lines as libpam sees them: with all that they include. */
#ifndef NHI_NHICTL_STACK_H
#define NHI_NHICTL_STACK_H

#include "lib/base/buf.h"

#define NHI_STACK_LINES	128

struct nhi_stack_line {
	char type[16];		/* "account", in lower case, without '-' */
	char control[96];	/* "required", "[success=1 default=ignore]" */
	char module[96];	/* its last component: "pam_nhi.so" */
	char args[256];
};

struct nhi_stack {
	struct nhi_stack_line lines[NHI_STACK_LINES];
	size_t n;
};

/*
 * Read dir/service.  A service without file, and one of more lines than
 * NHI_STACK_LINES, is NHI_ERR_STATE.
 */
enum nhi_err	 nhi_stack_load(const char *dir, const char *service,
		    struct nhi_stack *ret, struct nhi_why *) NHI_MUST;

/* The i-th line of a type; NULL when there are no more. */
const struct nhi_stack_line	*nhi_stack_at(const struct nhi_stack *,
				    const char *type, size_t i);

/* Where in a type a module stands first; -1: nowhere. */
int		 nhi_stack_find(const struct nhi_stack *, const char *type,
		    const char *module);

/* May its success end the stage, with what stands below it not asked? */
bool		 nhi_stack_ends(const struct nhi_stack_line *);

#endif
