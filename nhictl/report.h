/* SPDX-License-Identifier: BSD-2-Clause */
/* What check and apply print: lines for people, or JSON lines. */
#ifndef NHI_NHICTL_REPORT_H
#define NHI_NHICTL_REPORT_H

#include <stdio.h>

#include "conf/compile.h"
#include "conf/fault.h"

struct nhi_report {
	FILE *out;
	bool json;
};

void	 nhi_report_faults(const struct nhi_report *,
	    const struct nhi_faults *);

/* The last line of a good policy; generation NULL: not published. */
void	 nhi_report_plan(const struct nhi_report *, const struct nhi_plan *,
	    const char *generation);

/* The last line otherwise. */
void	 nhi_report_refused(const struct nhi_report *,
	    const struct nhi_faults *);

/* A warning that is no fault of the policy. */
void	 nhi_report_note(const struct nhi_report *, const char *);

#endif
