/* SPDX-License-Identifier: BSD-2-Clause */
/* How a setup ends: confirmed, rolled back, or waiting.  The lock is held. */
#ifndef NHI_NHICTL_SETUP_END_H
#define NHI_NHICTL_SETUP_END_H

#include <stdbool.h>

#include "lib/base/err.h"

/*
 * NHI_ERR_HOST: it was rolled back already, or this login is not a new one;
 * force lets the latter pass.  Nothing to confirm on a host that is set up is
 * no error.
 */
enum nhi_err	 nhi_setup_confirm(bool force, bool json, struct nhi_why *)
		    NHI_MUST;
enum nhi_err	 nhi_setup_rollback(bool json, struct nhi_why *) NHI_MUST;

/* Tell how long there is to confirm, if anything waits for it. */
enum nhi_err	 nhi_setup_pending(bool json, struct nhi_why *) NHI_MUST;

#endif
