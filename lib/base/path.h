/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths put together without stdio: a lookup of nss_nhi is one readlink, and
 * snprintf would cost as much again.
 */
#ifndef NHI_BASE_PATH_H
#define NHI_BASE_PATH_H

#include "lib/base/buf.h"

#define NHI_PATH_SIZE	512

/*
 * dir, middle ("/names/") and name one after the other, with a NUL.  False,
 * errno ENAMETOOLONG and an empty path when they do not fit.
 */
bool	 nhi_path_join(char out[static NHI_PATH_SIZE], const char *dir,
	    const char *middle, struct nhi_span name);

/* The same with a number as name. */
bool	 nhi_path_number(char out[static NHI_PATH_SIZE], const char *dir,
	    const char *middle, uint32_t);

#endif
