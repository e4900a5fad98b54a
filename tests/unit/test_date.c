/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers as dates: exactly, and what is left of a second on the safe side. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lib/token/date.h"

static const struct {
	const char *text;
	int64_t down;
	int64_t up;
} good[] = {
	{ "0", 0, 0 },
	{ "1800000300", 1800000300, 1800000300 },
	{ "1800000300.0", 1800000300, 1800000300 },
	{ "1800000300.5", 1800000300, 1800000301 },
	/* As doubles those two would be the next second. */
	{ "1800000299.99999999999", 1800000299, 1800000300 },
	{ "1800000300.00000000001", 1800000300, 1800000301 },
	{ "1.8e9", 1800000000, 1800000000 },
	{ "1.8E+9", 1800000000, 1800000000 },
	{ "18000003005e-1", 1800000300, 1800000301 },
	{ "18000003000e-1", 1800000300, 1800000300 },
	{ "0.18e10", 1800000000, 1800000000 },
	{ "0.00018000003001e13", 1800000300, 1800000301 },
	{ "0.5", 0, 1 },
	{ "1e-1000000000000", 0, 1 },
	{ "0e1000000000000", 0, 0 },
	{ "0.0e-5", 0, 0 },
	{ "9007199254740992", NHI_DATE_MAX, NHI_DATE_MAX },
	{ "9007199254740991.5", NHI_DATE_MAX - 1, NHI_DATE_MAX },
	{ "9.007199254740992e15", NHI_DATE_MAX, NHI_DATE_MAX },
	/* End of the good */
};

static const char *const wrong[] = {
	"", "-", "-1", "-0.5", "+1", ".5", "e5", "1e", "1e+", "1e5x", "1ex",
	"1.2.3", "1-2", "x", "1 ", "nan", "1e5e5", "1e5.5",
	"9007199254740993", "9007199254740992.5", "1e16", "1e1000000000000",
	"18446744073709551617", "99999999999999999999999999999999999999999",
	"0.1e18",
	/* End of the wrong */
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct nhi_date d = { -7, -7 };

		if (!nhi_date_parse(nhi_span_str(good[i].text), &d) ||
		    d.down != good[i].down || d.up != good[i].up)
			fail_msg("%s: %lld to %lld", good[i].text,
			    (long long)d.down, (long long)d.up);
	}
}

static void
test_wrong(void **state)
{
	struct nhi_date d = { -7, -7 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (nhi_date_parse(nhi_span_str(wrong[i]), &d) ||
		    d.down != -7 || d.up != -7)
			fail_msg("%s is a date", wrong[i]);
	assert_false(nhi_date_parse((struct nhi_span){ NULL, 0 }, &d));
}

/* One date written with its point at every place. */
static void
test_places(void **state)
{
	static const char digits[] = "18000003001";

	(void)state;
	for (int at = 1; at < (int)sizeof(digits) - 1; at++) {
		struct nhi_date d;
		char text[64];

		(void)snprintf(text, sizeof(text), "%.*s.%se%d", at, digits,
		    digits + at, 10 - at);
		assert_true(nhi_date_parse(nhi_span_str(text), &d));
		assert_int_equal(d.down, 1800000300);
		assert_int_equal(d.up, 1800000301);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_places),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
