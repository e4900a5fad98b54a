/* SPDX-License-Identifier: BSD-2-Clause */
/* A module that needs libc and does nothing: what loading costs at least. */
#include "config.h"

#include <stdio.h>

int	 nothing_at_all(void);

int
nothing_at_all(void)
{
	return puts("");
}
