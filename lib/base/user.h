/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UIDs of the service users, read from a passwd(5) file: getpwnam would load
 * other modules into the process and may ask the network.
 */
#ifndef NHI_BASE_USER_H
#define NHI_BASE_USER_H

#include <sys/types.h>

#include "lib/base/buf.h"

/* True and the UID when the file has a good line for the name. */
bool	 nhi_user_find(const char *passwd, const char *name, uid_t *ret);

#endif
