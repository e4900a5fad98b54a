/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/token/quote.h"

/* A span in a table: a compound literal is no constant there. */
#define T(lit)	{ (lit), sizeof(lit) - 1 }

#define TEN	"0123456789"

static void
test_quote(void **state)
{
	static const struct {
		struct nhi_span s;
		const char *expected;
	} cases[] = {
		{ { NULL, 0 }, "\"\"" },
		{ T("plain text"), "\"plain text\"" },
		{ T("a\"b\\c"), "\"a?b\\c\"" },
		{ T("\x1b[2J\n\r\t\0\x7f"), "\"?[2J?????\"" },
		{ T("\xc3\xa4\xe2\x80\xae"), "\"?????\"" },
		{ T(TEN TEN TEN TEN "01234567"),
		    "\"" TEN TEN TEN TEN "01234567\"" },
		{ T(TEN TEN TEN TEN "012345678"),
		    "\"" TEN TEN TEN TEN "01234567\"..." },
		/* End of the cases */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(NHI_QUOTE(cases[i].s),
		    cases[i].expected);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quote),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
