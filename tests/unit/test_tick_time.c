/* SPDX-License-Identifier: BSD-2-Clause */
/* Which time sweeps go by when the clock jumps. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <time.h>
#include <unistd.h>

#include "nhictl/tick_time.h"
#include "tests/unit/temp.h"

#define BOOT	"01234567-89ab-cdef-0123-456789abcdef"
#define OTHER	"11234567-89ab-cdef-0123-456789abcdef"
#define NOW	INT64_C(1800000000)
#define YEAR	(INT64_C(365) * 86400)
#define DAY	NHI_TICK_TIME_EVEN

/* Ticks in their order: the time that counts, less that of the first. */
static const struct {
	const char *boot;
	int64_t uptime;
	int64_t ahead;			/* of the right time */
	int64_t counts;			/* less the right time */
} ticks[] = {
	{ BOOT, 100, 0, 0 },
	{ BOOT, 160, 2, 2 },		/* no jump */
	{ BOOT, 220, YEAR, 2 },
	{ BOOT, 280, YEAR, 2 },
	{ BOOT, 220 + DAY - 1, YEAR, 2 },
	{ BOOT, 220 + DAY + 60, 0, 0 },	/* right again */
	{ BOOT, 280 + DAY, -3600, -3600 },
	{ BOOT, 340 + DAY, 0, -3600 },	/* as after a jump ahead */
	{ BOOT, 340 + 2 * DAY, 1, 1 },	/* a day of it */
	{ BOOT, 400 + 2 * DAY, 3600, 1 },
	{ BOOT, 460 + 2 * DAY, 7200, 1 },
	{ BOOT, 400 + 3 * DAY, 7200, 1 },	/* a day since the first */
	{ BOOT, 460 + 3 * DAY, 7200, 7200 },
	{ OTHER, 50, YEAR, YEAR },	/* nothing is known of it */
};

static void
test_step(void **state)
{
	struct nhi_tick_time t = { .boot = "" };

	(void)state;
	for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
		int64_t right = NOW + ticks[i].uptime;

		nhi_tick_time_step(&t, right + ticks[i].ahead,
		    ticks[i].uptime, ticks[i].boot);
		if (ticks[i].uptime + t.ref != right + ticks[i].counts)
			fail_msg("tick %zu: %lld", i, (long long)(t.ref +
			    ticks[i].uptime - right));
	}
}

static void
test_file(void **state)
{
	char dir[TEMP_SIZE];
	const char *path;
	int64_t now = time(NULL);

	(void)state;
	temp_make(dir);
	path = temp_path(dir, "clock");
	assert_true(nhi_tick_time(path, now) == now);
	assert_true(nhi_tick_time(path, now + YEAR) <= now + 2);
	assert_true(nhi_tick_time(path, now + 1) <= now + 2);
	/* What cannot be read says nothing. */
	temp_write(path, "once upon a time\n");
	assert_true(nhi_tick_time(path, now + YEAR) == now + YEAR);
	assert_true(nhi_tick_time(path, now) == now);
	assert_true(nhi_tick_time(temp_path(dir, "no/clock"), now) == now);
	temp_remove(dir);
}

/* What was made when the clock was right, behind, and ahead. */
static void
test_old(void **state)
{
	(void)state;
	assert_false(nhi_tick_time_old(NOW - 60, 60, NOW));
	assert_true(nhi_tick_time_old(NOW - 61, 60, NOW));
	assert_true(nhi_tick_time_old(NOW - YEAR, 60, NOW));
	assert_false(nhi_tick_time_old(NOW + 60, 60, NOW));
	assert_true(nhi_tick_time_old(NOW + YEAR, 60, NOW));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
