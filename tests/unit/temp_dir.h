/* SPDX-License-Identifier: BSD-2-Clause */
/* One directory that each test finds new, and that goes when it ends. */
#ifndef NHI_TESTS_UNIT_TEMP_DIR_H
#define NHI_TESTS_UNIT_TEMP_DIR_H

#include "tests/unit/temp.h"

/* As temp_make has made it; without a setup, one that is not there. */
extern char dir[TEMP_SIZE];

/*
 * For cmocka, whose state is not used.  A setup of a test's own calls
 * temp_setup first.  What cannot be made or removed ends the program.
 */
int	 temp_setup(void **state);
int	 temp_teardown(void **state);

/* An entry of cmocka's table, with temp_setup or a setup of one's own. */
#define TEMP_TEST(fn, setup)						\
	cmocka_unit_test_setup_teardown(fn, setup, temp_teardown)

#endif
