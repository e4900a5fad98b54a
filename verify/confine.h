/* SPDX-License-Identifier: BSD-2-Clause */
/* What nhi-verify gives up before it reads a byte of a token. */
#ifndef NHI_VERIFY_CONFINE_H
#define NHI_VERIFY_CONFINE_H

#include "lib/base/buf.h"

/*
 * No new privileges, no core, not dumpable, small limits.  Files may still be
 * opened.
 */
enum nhi_err	 nhi_confine_begin(struct nhi_why *) NHI_MUST;

/*
 * The system call filter: from here on read, write, memory and exit; anything
 * else kills the process.
 */
enum nhi_err	 nhi_confine_end(struct nhi_why *) NHI_MUST;

#endif
