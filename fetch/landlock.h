/* SPDX-License-Identifier: BSD-2-Clause */
/* Landlock: where a process may still write. */
#ifndef NHI_FETCH_LANDLOCK_H
#define NHI_FETCH_LANDLOCK_H

#include "lib/base/buf.h"

/*
 * Files are written, made and removed below these directories alone (NULL
 * ends them), and no file is executed.  A kernel without it is no error.
 */
enum nhi_err	 nhi_landlock(const char *const dirs[], struct nhi_why *)
		    NHI_MUST;

#endif
