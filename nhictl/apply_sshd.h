/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the policy says of sshd: write the drop-in where it differs, and ask
 * sshd whether it does for nhi and for accounts of the policy what was meant.
 */
#ifndef NHI_NHICTL_APPLY_SSHD_H
#define NHI_NHICTL_APPLY_SSHD_H

#include "conf/compile.h"

#define NHI_APPLY_SSHD_ACCOUNTS	16	/* that sshd is asked about */
#define NHI_APPLY_SSHD_TEXT	16384	/* bytes of the drop-in */

/*
 * old: room for the drop-in that was there (NHI_APPLY_SSHD_TEXT), empty when
 * setup has not put one there yet, and then nothing is done.  Any difference
 * is the reason of a failure, and the drop-in is as it was.
 */
enum nhi_err	 nhi_apply_sshd(const struct nhi_plan *, struct nhi_buf *old,
		    struct nhi_why *) NHI_MUST;

/*
 * What of it can be asked before: does sshd take what would be written, and
 * does it now what was meant before (where the drop-in is as it would be
 * written now), for the accounts that there are.  Writes nothing.  ret_there:
 * setup has put a drop-in there.
 */
enum nhi_err	 nhi_apply_sshd_try(const struct nhi_plan *, bool *ret_there,
		    struct nhi_why *) NHI_MUST;

/* Put it back, when something after it failed. */
enum nhi_err	 nhi_apply_sshd_restore(const struct nhi_buf *old,
		    struct nhi_why *) NHI_MUST;

#endif
