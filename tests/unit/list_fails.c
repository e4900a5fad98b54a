/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>

#include "tests/unit/list_fails.h"

bool list_fails;

struct dirent	*__real_readdir(DIR *);
struct dirent	*__wrap_readdir(DIR *);

struct dirent *
__wrap_readdir(DIR *list)
{
	if (!list_fails)
		return __real_readdir(list);
	errno = EIO;
	return NULL;
}
