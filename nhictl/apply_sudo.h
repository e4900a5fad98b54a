/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fragment of sudoers that the policy asks for: who may do what as root,
 * nothing else.  It is judged by visudo before it is there; that a lease
 * satisfies sudo is pam_nhi's part.
 */
#ifndef NHI_NHICTL_APPLY_SUDO_H
#define NHI_NHICTL_APPLY_SUDO_H

#include "conf/compile.h"

#define NHI_SUDO_FILE	"/etc/sudoers.d/nhi"
#define NHI_SUDO_TEXT	(4U << 20)	/* bytes of the fragment */

/*
 * The fragment; empty where no identity has sudo.  noninteractive: `sudo -n`
 * may ask PAM, too.
 */
void		 nhi_sudo_format(const struct nhi_plan *, bool noninteractive,
		    struct nhi_buf *);

/*
 * Write it where it differs, remove it where it is not needed.  What it was
 * goes into old ("" when there was none).  NHI_ERR_HOST: the host has no sudo,
 * or visudo refuses, or the file is not ours.
 */
enum nhi_err	 nhi_sudo_write(const struct nhi_plan *, struct nhi_buf *old,
		    struct nhi_why *) NHI_MUST;

/* The same but for the writing. */
enum nhi_err	 nhi_sudo_try(const struct nhi_plan *, struct nhi_why *)
		    NHI_MUST;

enum nhi_err	 nhi_sudo_restore(const struct nhi_buf *old, struct nhi_why *)
		    NHI_MUST;

#endif
