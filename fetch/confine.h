/* SPDX-License-Identifier: BSD-2-Clause */
/* What nhi-fetch gives up before it talks to anybody. */
#ifndef NHI_FETCH_CONFINE_H
#define NHI_FETCH_CONFINE_H

#include "lib/base/buf.h"

/*
 * No new privileges, no core, not dumpable, small limits, and an end after 20
 * seconds that no signal handler or mask puts off.
 */
enum nhi_err	 nhi_fetch_limit(struct nhi_why *) NHI_MUST;

/* SIGKILL to ourselves after so many seconds. */
enum nhi_err	 nhi_fetch_deadline(unsigned int seconds, struct nhi_why *)
		    NHI_MUST;

/*
 * Nothing is written outside of these directories (NULL ends them) from here
 * on, where the kernel can see to it; and the system calls are those of a
 * client of HTTPS.  Starting a program, touching another process, changing
 * ids or mounts kills; what is merely not known fails with ENOSYS, and so does
 * memory that can be executed, from a file or not (see fetch/resolver.h).
 */
enum nhi_err	 nhi_fetch_confine(const char *const dirs[],
		    struct nhi_why *) NHI_MUST;

#endif
