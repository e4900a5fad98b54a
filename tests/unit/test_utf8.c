/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/token/utf8.h"

/* A span in a table: a compound literal is no constant there. */
#define T(lit)	{ (lit), sizeof(lit) - 1 }

/* Written from the definition, to compare the table with. */
static bool
is_scalar(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* Every code point there is, and those that there are not. */
static void
test_code_points(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x200000; c++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8);
		struct nhi_span s;

		nhi_utf8_put(&b, c);
		s = nhi_buf_all(&b);
		assert_int_equal(nhi_utf8_step(s), is_scalar(c) ? s.n : 0);
		s.n--;
		assert_int_equal(nhi_utf8_step(s), 0);
	}
}

/* Of all sequences of two octets, only these are characters. */
static void
test_two_octets(void **state)
{
	size_t one = 0, two = 0;

	(void)state;
	for (unsigned int v = 0; v < 0x10000; v++) {
		const char text[2] = { (char)(v >> 8), (char)v };
		size_t n = nhi_utf8_step((struct nhi_span){ text, 2 });

		one += n == 1;
		two += n == 2;
		assert_true(n <= 2);
	}
	assert_int_equal(one, 128 * 256);
	assert_int_equal(two, 0x800 - 0x80);
}

static void
test_overlong(void **state)
{
	static const struct nhi_span wrong[] = {
		T("\xc0\x80"), T("\xc1\xbf"),
		T("\xe0\x80\x80"), T("\xe0\x9f\xbf"),
		T("\xf0\x80\x80\x80"), T("\xf0\x8f\xbf\xbf"),
		T("\xed\xa0\x80"), T("\xed\xbf\xbf"),
		T("\xf4\x90\x80\x80"), T("\xf8\x88\x80\x80\x80"),
		T("\x80"), T("\xbf"), T("\xfe"),
		T("\xff"), T("ok\xe2\x82"), T("\xe2\x28"),
		/* End of the wrong */
	};
	struct nhi_why why;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(nhi_utf8_check(wrong[i], &why),
		    NHI_ERR_UTF8);
	assert_int_equal(nhi_utf8_check(NHI_SPAN("a\xc3\xa4\xe2\x82\xac"
	    "\xf0\x9f\x98\x80\0z"), &why), NHI_OK);
	assert_int_equal(nhi_utf8_check(NHI_SPAN(""), &why), NHI_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code_points),
		cmocka_unit_test(test_two_octets),
		cmocka_unit_test(test_overlong),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
