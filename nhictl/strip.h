/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other way round: a file of the host's without what is NHI's, whoever
 * edited it since.  Pure functions of the text.
 */
#ifndef NHI_NHICTL_STRIP_H
#define NHI_NHICTL_STRIP_H

#include "lib/base/buf.h"

/* nsswitch.conf without the word nhi, and without the action made for it. */
enum nhi_err	 nhi_strip_nss(struct nhi_span old, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

/*
 * A PAM service file without our blocks and without any other line that
 * names pam_nhi.so: it would lock everybody out when the module is gone.
 * Jumps over such a line become one shorter.
 */
enum nhi_err	 nhi_strip_pam(struct nhi_span old, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

/* Does a line that is no comment name pam_nhi.so? */
bool		 nhi_strip_names_pam(struct nhi_span text);

#endif
