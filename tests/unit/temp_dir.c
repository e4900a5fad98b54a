/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/temp_dir.h"

/* Without a setup, not "": its paths would be those of the root. */
char dir[TEMP_SIZE] = "/nonexistent";

int
temp_setup(void **state)
{
	(void)state;
	temp_make(dir);
	return 0;
}

int
temp_teardown(void **state)
{
	(void)state;
	temp_remove(dir);
	return 0;
}
