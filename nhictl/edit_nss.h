/* SPDX-License-Identifier: BSD-2-Clause */
/* The word nhi in nsswitch.conf. */
#ifndef NHI_NHICTL_EDIT_NSS_H
#define NHI_NHICTL_EDIT_NSS_H

#include "lib/base/buf.h"

/*
 * Add nhi after files (or compat) in passwd, group and, where there is such a
 * line, initgroups.  Lines that name nhi already, and all others, stay as
 * they are.  Refuses a line that has neither files nor compat.
 */
enum nhi_err	 nhi_edit_nss(struct nhi_span old, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

#endif
