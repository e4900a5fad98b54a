/* SPDX-License-Identifier: BSD-2-Clause */
/* What an account, or a server that is away, may have mounted. */
#ifndef NHI_BASE_MOUNT_H
#define NHI_BASE_MOUNT_H

#include <stdbool.h>

/*
 * Is something mounted on this name of the directory?  It is not asked
 * anything, and so cannot keep us waiting.  Never true on kernels before 5.6,
 * which have no openat2.
 */
bool	 nhi_mount_there(int dir, const char *name);

#endif
