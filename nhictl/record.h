/* SPDX-License-Identifier: BSD-2-Clause */
/* What an administrator did, as audit records. */
#ifndef NHI_NHICTL_RECORD_H
#define NHI_NHICTL_RECORD_H

#include "lib/base/audit.h"

#define NHI_WHO_SIZE	65

/*
 * Write a record as nhictl's own: component, host and policy are filled in
 * from what is published, where it can be read.
 */
enum nhi_err	 nhi_record(const struct nhi_event *, struct nhi_why *)
		    NHI_MUST;

/* Who acts: SUDO_USER of root, or the login name of the real uid. */
void		 nhi_record_who(char ret[static NHI_WHO_SIZE]);

#endif
