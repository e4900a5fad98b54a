/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/slot.h"
#include "lib/base/spawn.h"
#include "tests/unit/temp.h"

/* Sixteen at once, the next one waits and is told, and one that ends helps. */
static void
test_slots(void **state)
{
	char dir[TEMP_SIZE];
	int fd[NHI_SLOTS], more = -1;
	int64_t start;

	(void)state;
	temp_make(dir);
	for (unsigned int i = 0; i < NHI_SLOTS; i++)
		assert_int_equal(nhi_slot_take(dir, &fd[i], NULL), NHI_OK);
	start = nhi_clock_ms();
	assert_int_equal(nhi_slot_take(dir, &more, NULL), NHI_ERR_CAP);
	assert_int_equal(more, -1);
	assert_true(nhi_clock_ms() - start >= NHI_SLOT_MS);
	nhi_fd_close(&fd[7]);
	assert_int_equal(nhi_slot_take(dir, &more, NULL), NHI_OK);
	nhi_fd_close(&more);
	for (unsigned int i = 0; i < NHI_SLOTS; i++)
		nhi_fd_close(&fd[i]);
	temp_remove(dir);
}

/* No directory, or a link where a slot should be, is a fault and no queue. */
static void
test_fault(void **state)
{
	char dir[TEMP_SIZE];
	int fd = -1;

	(void)state;
	temp_make(dir);
	assert_int_equal(nhi_slot_take(temp_path(dir, "none"), &fd, NULL),
	    NHI_ERR_STATE);
	for (char name[] = "0"; name[0] <= '9'; name[0]++)
		assert_int_equal(symlink("x", temp_path(dir, name)), 0);
	for (char name[] = "10"; name[1] <= '5'; name[1]++)
		assert_int_equal(symlink("x", temp_path(dir, name)), 0);
	assert_int_equal(nhi_slot_take(dir, &fd, NULL), NHI_ERR_STATE);
	assert_int_equal(fd, -1);
	temp_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
