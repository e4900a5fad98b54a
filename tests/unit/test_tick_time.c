/* SPDX-License-Identifier: BSD-2-Clause */
/* Which time sweeps go by when the clock is set, and over boots. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "nhictl/tick_time.h"
#include "tests/unit/temp.h"

#define A	"01234567-89ab-cdef-0123-456789abcdef"
#define B	"11234567-89ab-cdef-0123-456789abcdef"
#define NOW	INT64_C(1800000000)
#define HOUR	INT64_C(3600)
#define DAY	NHI_TICK_TIME_WAIT
#define MONTH	(INT64_C(30) * DAY)
#define YEAR	(INT64_C(365) * DAY)
#define NONE	(-NOW)			/* nothing is over */
#define TICKS	16

/* A tick: boot, its uptime, the time of day, and what is over, less NOW. */
struct tick {
	const char *boot;
	int64_t up;
	int64_t now;
	int64_t over;
};

static const struct {
	const char *what;
	struct tick ticks[TICKS];	/* after one of 0, at 1000 of A */
} cases[] = {
	{ "minutes go by", {
		{ A, 1060, 60, 60 },
		{ A, 1120, 122, 122 },
		{ A, 1180, 239, 239 },		/* no jump */
		{ A, 1240, 240, 240 },
		{ A, 1240 + DAY, 240 + DAY, 240 + DAY } } },	/* no timer */
	{ "ahead for a while", {
		{ A, 1060, YEAR, 60 },
		{ A, 1060 + DAY - 1, YEAR + DAY - 1, 59 + DAY },
		{ A, 1100 + DAY, 100 + DAY, 100 + DAY },
		{ A, 1160 + DAY, YEAR, 160 + DAY },	/* the day is anew */
		{ A, 1220 + DAY, YEAR + 60, 220 + DAY } } },
	{ "ahead for a day", {
		{ A, 1060, HOUR + 60, 60 },
		{ A, 1059 + DAY, HOUR + 59 + DAY, 59 + DAY },
		{ A, 1060 + DAY, HOUR + 60 + DAY, HOUR + 60 + DAY },
		{ A, 1120 + DAY, HOUR + 120 + DAY, HOUR + 120 + DAY } } },
	{ "ahead, and further: each has its day", {
		{ A, 1000, HOUR, 0 },
		{ A, 1000 + DAY / 2, 3 * HOUR + DAY / 2, DAY / 2 },
		{ A, 1000 + DAY, 3 * HOUR + DAY, HOUR + DAY },
		{ A, 1000 + DAY, 3 * HOUR + DAY, HOUR + DAY },
		{ A, 999 + 2 * DAY, 3 * HOUR + 2 * DAY, HOUR + 2 * DAY - 1 },
		{ A, 1000 + 2 * DAY, 3 * HOUR + 2 * DAY,
			3 * HOUR + 2 * DAY } } },
	{ "ahead, and less so: the least of the day", {
		{ A, 1000, YEAR, 0 },
		{ A, 1000 + DAY / 2, HOUR + DAY / 2, DAY / 2 },
		{ A, 1000 + DAY, YEAR + DAY, HOUR + DAY } } },
	{ "behind", {
		{ A, 1060, -HOUR, NONE },
		{ A, 1120, -HOUR + 60, NONE },
		{ A, 1180, 180, 180 },
		{ A, 1240, -HOUR, NONE },
		{ A, 1239 + DAY, -HOUR + DAY, NONE },
		{ A, 1240 + DAY, -HOUR + DAY, -HOUR + DAY },
		{ A, 1300 + DAY, 300 + DAY, 60 - HOUR + DAY } } },
	{ "behind, then ahead: they do not add up", {
		{ A, 1000, -HOUR, NONE },
		{ A, 1000 + DAY / 2, -HOUR + DAY / 2, NONE },
		{ A, 1060 + DAY / 2, YEAR, 60 + DAY / 2 },
		{ A, 1060 + DAY, YEAR + DAY / 2, 60 + DAY },
		{ A, 1000 + 2 * DAY, -HOUR + 2 * DAY, NONE } } },
	{ "behind and ahead: each goes on where it was", {
		{ A, 1000, -HOUR, NONE },
		{ A, 1000 + DAY / 2, -HOUR + DAY / 2, NONE },
		{ A, 1060 + DAY / 2, YEAR, 60 + DAY / 2 },
		{ A, 1120 + DAY / 2, YEAR + 60, 120 + DAY / 2 },
		{ A, 1180 + DAY / 2, -HOUR + 180 + DAY / 2, NONE },
		{ A, 1179 + DAY, -HOUR + 179 + DAY, NONE },
		{ A, 1180 + DAY, -HOUR + 180 + DAY, -HOUR + 180 + DAY },
		{ A, 1181 + DAY, YEAR, -HOUR + 181 + DAY },
		{ A, 1120 + 2 * DAY, YEAR + DAY - 61,
			-HOUR + 120 + 2 * DAY },
		{ A, 1121 + 2 * DAY, YEAR + DAY - 60,
			YEAR + DAY - 60 } } },
	{ "a boot of a minute", {
		{ B, 5, 60, 60 } } },
	{ "a boot ahead, set right", {
		{ B, 30, YEAR, 0 },
		{ B, 90, YEAR + 60, 60 },
		{ B, 150, 400, 120 },
		{ B, 29 + DAY, 279 + DAY, DAY - 1 },
		{ B, 30 + DAY, 280 + DAY, 280 + DAY } } },
	{ "a boot of ten minutes ahead, too", {
		{ B, 30, 600, 0 } } },
	{ "a boot behind, set right", {
		{ B, 30, -NOW + 30, NONE },
		{ B, 90, 200, 60 },
		{ B, 90 + DAY, 200 + DAY, 200 + DAY } } },
	{ "off for a month", {
		{ B, 30, MONTH, 0 },
		{ B, 29 + DAY, MONTH + DAY - 1, DAY - 1 },
		{ B, 30 + DAY, MONTH + DAY, MONTH + DAY } } },
	{ "up for ten hours a month", {
		{ B, 30, MONTH, 0 },
		{ B, 30 + 10 * HOUR, MONTH + 10 * HOUR, 10 * HOUR },
		{ A, 30, 2 * MONTH, 10 * HOUR },
		{ A, 30 + 10 * HOUR, 2 * MONTH + 10 * HOUR, 20 * HOUR },
		{ B, 30, 3 * MONTH, 20 * HOUR },
		{ B, 30 + 4 * HOUR, 3 * MONTH + 4 * HOUR, MONTH + DAY },
		{ B, 90 + 4 * HOUR, 3 * MONTH + 4 * HOUR, MONTH + DAY + 60 },
		{ A, 30, 4 * MONTH, MONTH + DAY + 60 } } },
	{ "boots alone are no day", {
		{ B, DAY, YEAR, 0 },
		{ A, 2 * DAY, YEAR + DAY, 0 },
		{ B, 3 * DAY, YEAR + 2 * DAY, 0 },
		{ A, 10, YEAR + 3 * DAY, 0 } } },
	{ "a copy of this boot that is behind it", {
		{ A, 10, 30, 30 },
		{ A, 5, YEAR, 30 } } },
};

static void
step(struct nhi_tick_time *t, const char *boot, int64_t up, int64_t now)
{
	struct nhi_stamp at = { .ticks = (uint64_t)up };

	memcpy(at.boot, boot, sizeof(at.boot));
	nhi_tick_time_step(t, NOW + now, &at);
}

static void
test_step(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nhi_tick_time t = { .time = NOW,
			.at = { .boot = A, .ticks = 1000 } };
		const struct tick *k = cases[i].ticks;

		for (size_t n = 0; n < TICKS && k[n].boot != NULL; n++) {
			int64_t over;

			step(&t, k[n].boot, k[n].up, k[n].now);
			over = nhi_tick_time_over(&t, NOW + k[n].now);
			if (over != NOW + k[n].over)
				fail_msg("%s, %zu: %" PRId64, cases[i].what, n,
				    over - NOW);
		}
	}
}

/*
 * A host without a clock chip, up for half of each day: at a boot it is in
 * 2001, or a year ahead, until its clock is set.
 */
static int64_t
live(struct nhi_tick_time *t, int64_t days, int64_t wrong, int64_t at_boot)
{
	int64_t now = 0, lag = 0;

	for (int64_t day = 0; day < days; day++) {
		now = day * DAY;
		for (int64_t up = 0; up < DAY / 2; up += 60)
			step(t, day % 2 == 0 ? B : A, up, now + up +
			    (up < wrong ? at_boot : 0));
		if (day > 3 && NOW + now + DAY / 2 - t->time > lag)
			lag = NOW + now + DAY / 2 - t->time;
		assert_true(t->time <= NOW + now + DAY / 2);
	}
	return lag;
}

static void
test_chipless(void **state)
{
	static const struct {
		int64_t wrong;
		int64_t at_boot;
	} hosts[] = {
		{ 0, 0 }, { 60, 1000000000 - NOW }, { 60, -YEAR }, { 60, YEAR },
		{ 600, -YEAR }, { 600, YEAR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct nhi_tick_time t = { .time = NOW,
			.at = { .boot = A, .ticks = 1000 } };
		int64_t lag = live(&t, 60, hosts[i].wrong, hosts[i].at_boot);

		if (lag > 2 * DAY)
			fail_msg("%zu: %" PRId64 " behind", i, lag);
	}
}

/* Of which nothing is known: the first day of a host. */
static void
test_first(void **state)
{
	struct nhi_tick_time t = { .time = 0 };

	(void)state;
	for (int64_t up = 0; up < DAY; up += 600) {
		step(&t, A, up, up);
		assert_true(nhi_tick_time_over(&t, NOW + up) == NOW + up);
		assert_false(nhi_tick_time_known(&t));
	}
	step(&t, A, DAY, DAY);
	assert_true(nhi_tick_time_known(&t));
	assert_true(nhi_tick_time_over(&t, NOW + DAY) == NOW + DAY);
}

static void
test_kept(void **state)
{
	struct nhi_tick_time t = { .time = NOW, .wall = 6,
		.ahead = { NOW + YEAR, 5 }, .behind = { NOW - YEAR, 8 },
		.at = { .boot = B, .ticks = 7 } }, got;
	char dir[TEMP_SIZE];

	(void)state;
	temp_make(dir);
	nhi_tick_time_load(dir, &got);
	assert_true(got.time == 0 && got.ahead.time == 0);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(nhi_tick_time_save(dir, &t, NULL), NHI_OK);
		nhi_tick_time_load(dir, &got);
		assert_true(got.time == NOW && got.wall == 6);
		assert_memory_equal(&got.ahead, &t.ahead, sizeof(t.ahead));
		assert_memory_equal(&got.behind, &t.behind, sizeof(t.behind));
		assert_int_equal(got.at.ticks, 7);
		assert_string_equal(got.at.boot, B);
	}
	assert_int_equal(nhi_tick_time_save(temp_path(dir, "none"), &t, NULL),
	    NHI_ERR_STATE);
	temp_remove(dir);
}

/* One claim for both: which it was, its time tells. */
static void
test_older(void **state)
{
	static const struct {
		const char *text;
		struct nhi_tick_claim ahead;
		struct nhi_tick_claim behind;
	} old[] = {
		{ "1000 0 0 1001 " A ":7", { 0, 0 }, { 0, 0 } },
		{ "1000 2000 5 1001 " A ":7", { 2000, 5 }, { 0, 0 } },
		{ "1000 500 5 1001 " A ":7", { 0, 0 }, { 500, 5 } },
		{ "0 500 5 1001 " A ":7", { 500, 5 }, { 0, 0 } },
	};
	char dir[TEMP_SIZE];

	(void)state;
	temp_make(dir);
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		struct nhi_tick_time got;

		(void)unlink(temp_path(dir, "clock"));
		assert_int_equal(symlink(old[i].text, temp_path(dir,
		    "clock")), 0);
		nhi_tick_time_load(dir, &got);
		assert_true(got.wall == 1001 && got.at.ticks == 7);
		assert_memory_equal(&got.ahead, &old[i].ahead,
		    sizeof(got.ahead));
		assert_memory_equal(&got.behind, &old[i].behind,
		    sizeof(got.behind));
	}
	temp_remove(dir);
}

/* The kernel's own: this boot, and no later than it is. */
static void
test_pass(void **state)
{
	struct nhi_tick_time t = { .time = 0 }, before;

	(void)state;
	assert_int_equal(nhi_tick_time_pass(&t, NOW, NULL), NHI_OK);
	assert_int_equal(strlen(t.at.boot), NHI_BOOT_ID);
	assert_true(t.time == 0 && t.ahead.time == NOW);
	t.time = NOW;
	before = t;
	assert_int_equal(nhi_tick_time_pass(&t, NOW + YEAR, NULL), NHI_OK);
	assert_true(t.at.ticks >= before.at.ticks && t.time < NOW + HOUR);
	assert_true(t.wall == NOW + YEAR && t.last == NOW);
	t = before;
	t.at.ticks -= 1;
	assert_int_equal(nhi_tick_time_pass(&t, NOW + YEAR, NULL), NHI_OK);
	assert_true(t.time > NOW);
}

/* What cannot be read says nothing. */
static void
test_spoilt(void **state)
{
	static const char *const texts[] = {
		"x", "1 2 3 4", "1 2 3 " A ":1", "1 2 3 4 " A, "1 2 3 4 " A ":1 4",
		"-1 2 3 4 " A ":1", "1 2 3 4 " A ":1 ", "1  3 4 " A ":1",
		"9999999999999999999 2 3 4 " A ":1",
		"1 2 3 4 " A ":1 5 6 7", "1 2 3 4 " A ":1 5 x",
		"1 2 3 4 " A ":1 5 6 ",
	};
	struct nhi_tick_time got;
	char dir[TEMP_SIZE];

	(void)state;
	temp_make(dir);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)unlink(temp_path(dir, "clock"));
		assert_int_equal(symlink(texts[i], temp_path(dir, "clock")),
		    0);
		nhi_tick_time_load(dir, &got);
		assert_true(got.time == 0 && got.ahead.time == 0);
	}
	/* No link, but it is one when it was saved. */
	(void)unlink(temp_path(dir, "clock"));
	temp_write(temp_path(dir, "clock"), "");
	nhi_tick_time_load(dir, &got);
	assert_true(got.time == 0);
	got.time = NOW;
	memcpy(got.at.boot, A, sizeof(got.at.boot));
	assert_int_equal(nhi_tick_time_save(dir, &got, NULL), NHI_OK);
	nhi_tick_time_load(dir, &got);
	assert_true(got.time == NOW);
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
		cmocka_unit_test(test_chipless),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_spoilt),
		cmocka_unit_test(test_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
