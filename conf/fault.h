/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with a policy: every fault of one run, with its place, so
 * that the administrator mends them all before he tries again.
 */
#ifndef NHI_CONF_FAULT_H
#define NHI_CONF_FAULT_H

#include <stdarg.h>

#include "lib/base/buf.h"

#define NHI_FAULTS_MAX	1000	/* that are kept; more are counted only */

/* Where something stands; line 0: nowhere (not set, or the whole file). */
struct nhi_place {
	const char *file;		/* borrowed */
	unsigned int line;
};

struct nhi_fault {
	char *file;
	unsigned int line;
	bool warning;
	char *text;			/* a sentence */
	size_t order;
};

struct nhi_faults {
	struct nhi_fault *p;
	size_t n;
	size_t room;
	size_t errors;			/* all that were found */
	size_t warnings;
	bool no_memory;			/* sticks */
};

void		 nhi_fault(struct nhi_faults *, struct nhi_place,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void		 nhi_fault_warn(struct nhi_faults *, struct nhi_place,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* By file, line and order of discovery. */
void		 nhi_faults_sort(struct nhi_faults *);

/* NHI_OK, NHI_ERR_POLICY_INVALID (why: the first) or NHI_ERR_NO_MEMORY. */
enum nhi_err	 nhi_faults_check(const struct nhi_faults *, struct nhi_why *)
		    NHI_MUST;

/* "file:line: sentence", a warning with "warning: " before the sentence. */
void		 nhi_faults_format(const struct nhi_faults *,
		    struct nhi_buf *);
void		 nhi_faults_wipe(struct nhi_faults *);

#endif
