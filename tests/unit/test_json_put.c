/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/base/json_put.h"

#define LITERAL(s)	{ (s), sizeof(s) - 1 }

static const struct {
	struct nhi_span in;
	const char *out;
} cases[] = {
	{ LITERAL(""), "\"\"" },
	{ LITERAL("web-1 ~"), "\"web-1 ~\"" },
	{ LITERAL("a\"b\\c/"), "\"a\\\"b\\\\c/\"" },
	{ LITERAL("a\0b\n\x1b\x7f"),
	    "\"a\\u0000b\\u000a\\u001b\\u007f\"" },
	{ LITERAL("\xc3\xa9\xe2\x82\xac"), "\"\\u00e9\\u20ac\"" },
	{ LITERAL("\xf0\x9f\x94\x91"), "\"\\ud83d\\udd11\"" },
	/* No UTF-8: alone, cut, too long a form, a surrogate, past the end. */
	{ LITERAL("\x80" "a"), "\"\\ufffda\"" },
	{ LITERAL("\xe2\x82"), "\"\\ufffd\\ufffd\"" },
	{ LITERAL("\xc0\xaf"), "\"\\ufffd\\ufffd\"" },
	{ LITERAL("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"" },
	{ LITERAL("\xf4\x90\x80\x80"),
	    "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	/* End of cases */
};

static void
test_string(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(256);

		nhi_json_put_string(&b, cases[i].in);
		assert_string_equal(nhi_buf_text(&b), cases[i].out);
	}
}

/* Never inside an escape; what is counted is what is put. */
static void
test_cut(void **state)
{
	static const struct nhi_span text = LITERAL("a\n\xf0\x9f\x94\x91" "b");
	static const size_t want[] = { 0, 1, 1, 1, 1, 1, 1, 7, 7, 7, 7, 7, 7, 7,
		7, 7, 7, 7, 7, 19, 20, 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(64);

		assert_int_equal(nhi_json_put_text(&b, text, SIZE_MAX, i),
		    want[i]);
		assert_int_equal(b.n, want[i]);
		assert_int_equal(nhi_json_put_text(NULL, text, SIZE_MAX, i),
		    want[i]);
	}
	assert_int_equal(nhi_json_put_text(NULL, text, 2, SIZE_MAX), 7);
	assert_int_equal(nhi_json_put_text(NULL, text, 3, SIZE_MAX), 19);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_string),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
