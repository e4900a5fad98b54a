/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "nhictl/when.h"

#define NOW	1763780645

static const struct {
	const char *text;
	int64_t want;		/* -1: no time */
} times[] = {
	{ "10m", NOW - 600 },
	{ "2h", NOW - 7200 },
	{ "3d", NOW - 259200 },
	{ "90s ago", NOW - 90 },
	{ "1763780645", 1763780645 },
	{ "0", 0 },
	{ "2025-11-22T03:04:05Z", NOW },
	{ "2025-11-22t03:04:05z", NOW },
	{ "2025-11-22 03:04:05Z", NOW },
	{ "2025-11-22T03:04:05.678Z", NOW },
	{ "2025-11-22T04:04:05+01:00", NOW },
	{ "2025-11-21T22:04:05-05:00", NOW },
	{ "2025-11-22 03:04:05", NOW },
	{ "2025-11-22T03:04:05", NOW },
	{ "2025-11-22T03:04:05.678", NOW },
	{ "2025-11-22", 1763769600 },
	{ "", -1 },
	{ "ago", -1 },
	{ " ago", -1 },
	{ "m", -1 },
	{ "-5m", -1 },
	{ "5 m", -1 },
	{ "5y", -1 },
	{ "99999999999d", -1 },
	{ "99999999999999999999", -1 },
	{ "yesterday", -1 },
	{ "2025-11-22T03:04Z", -1 },
	{ "2025-11-22T24:00:00Z", -1 },
	{ "2025-11-22T03:60:05Z", -1 },
	{ "2025-11-22T03:04:05.Z", -1 },
	{ "2025-11-22 03:04:05 ", -1 },
	{ "2025-11-22 03:04", -1 },
	{ "2025-11-22 ", -1 },
	{ "2025-11-22T03:04:05Zx", -1 },
	{ "2025-11-22T03:04:05+1:00", -1 },
	{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	{ "9999-12-31T23:59:59-01:00", -1 },
	{ "2025-13-22", -1 },
	{ "2025-02-30", -1 },
	/* End of the times */
};

static void
test_past(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		int64_t v = -1;
		bool good = nhi_when_parse(times[i].text, NOW, false, &v);

		if (good != (times[i].want != -1) || v != times[i].want)
			fail_msg("%s: %lld", times[i].text, (long long)v);
	}
}

static void
test_ahead(void **state)
{
	int64_t v = -1;

	(void)state;
	assert_true(nhi_when_parse("2h", NOW, true, &v));
	assert_int_equal(v, NOW + 7200);
	assert_false(nhi_when_parse("2h ago", NOW, true, &v));
}

static void
test_format(void **state)
{
	char text[32];

	(void)state;
	nhi_when_format(NOW, text);
	assert_string_equal(text, "2025-11-22 03:04:05");
	nhi_when_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31 23:59:59");
}

static void
test_pass(void **state)
{
	int64_t before = nhi_when_now();

	(void)state;
	nhi_when_pass();
	assert_int_equal(nhi_when_now(), before + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_past),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
