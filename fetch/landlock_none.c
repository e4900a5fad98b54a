/* SPDX-License-Identifier: BSD-2-Clause */
/* For systems whose headers do not know it. */
#include "config.h"

#include "fetch/landlock.h"

enum nhi_err
nhi_landlock(const char *const dirs[], struct nhi_why *why)
{
	(void)dirs;
	(void)why;
	return NHI_OK;
}
