/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of pam_nhi in a PAM service file. */
#ifndef NHI_NHICTL_EDIT_PAM_H
#define NHI_NHICTL_EDIT_PAM_H

#include "lib/base/buf.h"

/*
 * Put the account line before every other account line and the session line
 * before every other session line.  An @include counts for what the included
 * file holds; `dir` is the directory of service files.  Refuses a file in
 * which pam_nhi already stands in lines that are not ours.
 */
enum nhi_err	 nhi_edit_pam(int dir, struct nhi_span old, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

#endif
