/* SPDX-License-Identifier: BSD-2-Clause */
/* A revocation is in force at the next login; who is in stays in. */
#ifndef NHI_NHICTL_REVOKE_OPEN_H
#define NHI_NHICTL_REVOKE_OPEN_H

#include "lib/base/revoke.h"

/* Tell on standard error how many sessions go on that it would refuse now. */
void	 nhi_revoke_tell_open(const struct nhi_revocation *);

#endif
