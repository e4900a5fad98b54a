/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy as it is written, compiled in memory: perhaps another host's, so
 * that what only that host can tell (its users, groups and key sets) is not
 * held against it.
 */
#ifndef NHI_NHICTL_WRITTEN_H
#define NHI_NHICTL_WRITTEN_H

#include "conf/compile.h"

/*
 * file NULL: this host's own, with its drop-ins.  Faults go to standard error
 * where there is an error among them.
 */
enum nhi_err	 nhi_written_load(const char *file, struct nhi_plan **ret,
		    struct nhi_why *) NHI_MUST;

/*
 * The rules that the account would get: NHI_ERR_ACCOUNT_RESERVED,
 * NHI_ERR_ACCOUNT_UNKNOWN, NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_written_rules(const struct nhi_plan *,
		    const char *account, struct nhi_rules **ret,
		    struct nhi_why *) NHI_MUST;

#endif
