/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of nhi-issue's time, or a signal that ends it, leaves a record as
 * every other refusal does.  A thread waits for those signals: nothing that it
 * calls need be safe in a handler, and what the other one hangs in does not
 * matter.
 */
#ifndef NHI_ISSUE_WATCH_H
#define NHI_ISSUE_WATCH_H

#include "sshd_helper/issue.h"

/*
 * From now on: needs account, source and fingerprint of the request, keeps
 * what it needs of them, and answers with exit 70.
 */
enum nhi_err	 nhi_watch_start(const struct nhi_issue *, struct nhi_why *)
		    NHI_MUST;

/*
 * The record is the caller's from now on.  Does not return when the watch has
 * begun to write its own.  More than once is once.
 */
void		 nhi_watch_decide(struct nhi_issue *);

#endif
