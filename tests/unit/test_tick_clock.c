/* SPDX-License-Identifier: BSD-2-Clause */
/* A clock that jumped decides nothing for a day. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "nhictl/tick_clock.h"
#include "tests/unit/temp.h"

#define BOOT	"01234567-89ab-cdef-0123-456789abcdef"
#define OTHER	"11234567-89ab-cdef-0123-456789abcdef"
#define DAY	(24 * 60 * 60)
#define NOW	1800000000

static struct nhi_stamp
stamp(const char *boot, int64_t seconds)
{
	struct nhi_stamp s = { .ticks = (uint64_t)(seconds *
	    sysconf(_SC_CLK_TCK)) };

	memcpy(s.boot, boot, sizeof(s.boot));
	return s;
}

static void
step(struct nhi_tick_clock *c, int64_t now, const char *boot, int64_t up)
{
	struct nhi_stamp s = stamp(boot, up);

	nhi_tick_clock_step(c, now, &s);
}

/* The first tick, and a day of ticks. */
static void
day(struct nhi_tick_clock *c)
{
	memset(c, 0, sizeof(*c));
	for (int64_t t = 0; t <= DAY; t += 600) {
		assert_true(c->even < NHI_TICK_CLOCK_EVEN);
		step(c, NOW + t, BOOT, t);
	}
	assert_true(c->even >= NHI_TICK_CLOCK_EVEN);
}

static void
test_jumps(void **state)
{
	static const struct {
		int64_t wall, kernel;
		const char *boot;
		bool even;
	} cases[] = {
		{ 60, 60, BOOT, true },
		{ 7 * DAY, 7 * DAY, BOOT, true },	/* no timer */
		{ 700, 60, BOOT, false },
		{ -700, 60, BOOT, false },
		{ 300, 60, BOOT, true },		/* NTP */
		{ 60, 7200, BOOT, false },
		{ 4000 * (int64_t)DAY, 60, BOOT, false },
		{ 3600, -DAY, OTHER, true },		/* a boot */
		{ 6 * DAY, -DAY, OTHER, true },
		{ 8 * DAY, -DAY, OTHER, false },	/* a long one */
		{ -3600, -DAY, OTHER, false },
		{ -NOW, -DAY, OTHER, false },
		{ 60, -60, BOOT, true },		/* of a copy of us */
	};
	struct nhi_tick_clock c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		day(&c);
		step(&c, NOW + DAY + cases[i].wall, cases[i].boot,
		    DAY + cases[i].kernel);
		assert_int_equal(c.even >= NHI_TICK_CLOCK_EVEN,
		    cases[i].even);
	}
}

/* Boots and ticks that are one thing after the other count nothing twice. */
static void
test_boots(void **state)
{
	struct nhi_tick_clock c = { .now = 0 };

	(void)state;
	for (int64_t t = 0; t < 4000; t++)
		step(&c, NOW + t * 3600, t % 2 == 0 ? BOOT : OTHER, 10);
	assert_int_equal(c.even, 0);
}

static void
test_kept(void **state)
{
	struct nhi_tick_clock c, got;
	char dir[TEMP_SIZE];

	(void)state;
	temp_make(dir);
	day(&c);
	c.swept = NOW;
	nhi_tick_clock_load(dir, &got);
	assert_int_equal(got.now, 0);
	assert_int_equal(nhi_tick_clock_save(dir, &c, NULL), NHI_OK);
	nhi_tick_clock_load(dir, &got);
	assert_int_equal(got.now, c.now);
	assert_int_equal(got.even, c.even);
	assert_int_equal(got.swept, NOW);
	assert_int_equal(got.stamp.ticks, c.stamp.ticks);
	assert_string_equal(got.stamp.boot, BOOT);
	assert_int_equal(nhi_tick_clock_save(temp_path(dir, "none"), &c,
	    NULL), NHI_ERR_STATE);
	temp_remove(dir);
}

static void
test_spoilt(void **state)
{
	static const char *const texts[] = {
		"x", "1 2 3", "1 2 3 " BOOT, "1 2 3 " BOOT ":1 4",
		"-1 2 3 " BOOT ":1", "1 2 3 " BOOT ":1 ",
		"9999999999999999999 86400 3 " BOOT ":1",
	};
	struct nhi_tick_clock got;
	char dir[TEMP_SIZE];

	(void)state;
	temp_make(dir);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)unlink(temp_path(dir, "clock"));
		assert_int_equal(symlink(texts[i], temp_path(dir, "clock")),
		    0);
		nhi_tick_clock_load(dir, &got);
		assert_int_equal(got.now, 0);
		assert_int_equal(got.even, 0);
	}
	temp_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_boots),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_spoilt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
