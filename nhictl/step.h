/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One thing that setup makes so.  A step can tell whether it is done, show
 * what it would do, and do it; it edits only what NHI owns.
 */
#ifndef NHI_NHICTL_STEP_H
#define NHI_NHICTL_STEP_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/base/err.h"

struct nhi_step {
	const char *what;	/* "group nhi-accounts" */

	/* Already so?  An error when it cannot or must not be made so. */
	enum nhi_err (*check)(const void *arg, bool *ret_done,
	    struct nhi_why *);

	/* For the plan, after the line with `what`; NULL: that says it. */
	enum nhi_err (*describe)(const void *arg, FILE *, struct nhi_why *);

	enum nhi_err (*apply)(const void *arg, struct nhi_why *);

	/*
	 * Is there anything to do for it on this host?  NULL: always.  When
	 * not, `ret_note` is a sentence for the administrator.
	 */
	bool (*here)(const void *arg, const char **ret_note);

	const void *arg;
};

struct nhi_step_walk {
	bool dry_run;
	bool json;		/* lines of JSON, on standard output */
	FILE *out;		/* NULL: tell nothing */
	unsigned int changed, already, skipped;
};

/*
 * Walk the steps, ended by one without `what`.  Each that is not done is
 * applied and must be done then; in a dry run it is described.  Stops at the
 * first error.
 */
enum nhi_err	 nhi_step_walk(const struct nhi_step *,
		    struct nhi_step_walk *, struct nhi_why *) NHI_MUST;

#endif
