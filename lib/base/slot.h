/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verifying slots: how many tokens are verified at once.  A slot is taken
 * when the token is complete and held only while it is verified, so that
 * silent clients cost nobody anything.  The issuer, root's processes and
 * set-uid programs have directories of their own: none can keep the others
 * waiting.
 */
#ifndef NHI_BASE_SLOT_H
#define NHI_BASE_SLOT_H

#include "lib/base/buf.h"

#define NHI_SLOTS	16
#define NHI_SLOT_MS	5000	/* longest wait for one */

/* The descriptor is the slot.  NHI_ERR_CAP, NHI_ERR_STATE. */
enum nhi_err	 nhi_slot_take(const char *dir, int *ret_fd,
		    struct nhi_why *) NHI_MUST;

#endif
