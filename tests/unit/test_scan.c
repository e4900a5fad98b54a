/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "lib/token/scan.h"

/* A span in a table: a compound literal is no constant there. */
#define T(lit)	{ (lit), sizeof(lit) - 1 }

static const struct {
	struct nhi_span text;
	enum nhi_err err;
} cases[] = {
	/* RFC 8259 2, 3 */
	{ T("{}"), NHI_OK },
	{ T(" \t\r\n[ ] \n"), NHI_OK },
	{ T("null"), NHI_OK },
	{ T("true"), NHI_OK },
	{ T("false"), NHI_OK },
	{ T("\"\""), NHI_OK },
	{ T("0"), NHI_OK },
	{ T(""), NHI_ERR_JSON },
	{ T(" "), NHI_ERR_JSON },
	{ T("nul"), NHI_ERR_JSON },
	{ T("nullx"), NHI_ERR_JSON },
	{ T("Null"), NHI_ERR_JSON },
	{ T("{} {}"), NHI_ERR_JSON },
	{ T("{}\0"), NHI_ERR_JSON },
	{ T("\f{}"), NHI_ERR_JSON },
	{ T("\xc2\xa0{}"), NHI_ERR_JSON },
	/* 4, 5 */
	{ T("{"), NHI_ERR_JSON },
	{ T("}"), NHI_ERR_JSON },
	{ T("{\"a\""), NHI_ERR_JSON },
	{ T("{\"a\":"), NHI_ERR_JSON },
	{ T("{\"a\":1"), NHI_ERR_JSON },
	{ T("{\"a\":1,"), NHI_ERR_JSON },
	{ T("{\"a\":1,}"), NHI_ERR_JSON },
	{ T("{,}"), NHI_ERR_JSON },
	{ T("{\"a\"}"), NHI_ERR_JSON },
	{ T("{\"a\" : 1 , \"b\" : 2}"), NHI_OK },
	{ T("["), NHI_ERR_JSON },
	{ T("[1"), NHI_ERR_JSON },
	{ T("[1,"), NHI_ERR_JSON },
	{ T("[1,]"), NHI_ERR_JSON },
	{ T("[,1]"), NHI_ERR_JSON },
	{ T("[1 2]"), NHI_ERR_JSON },
	{ T("[1}"), NHI_ERR_JSON },
	{ T("{\"a\":1]"), NHI_ERR_JSON },
	/* 6 */
	{ T("-0"), NHI_OK },
	{ T("10"), NHI_OK },
	{ T("1.5e+7"), NHI_OK },
	{ T("0E-0"), NHI_OK },
	{ T("01"), NHI_ERR_JSON },
	{ T("-01"), NHI_ERR_JSON },
	{ T("-"), NHI_ERR_JSON },
	{ T("+1"), NHI_ERR_JSON },
	{ T("1."), NHI_ERR_JSON },
	{ T(".1"), NHI_ERR_JSON },
	{ T("1e"), NHI_ERR_JSON },
	{ T("1e+-1"), NHI_ERR_JSON },
	{ T("0x1"), NHI_ERR_JSON },
	{ T("1,5"), NHI_ERR_JSON },
	/* 7 */
	{ T("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20AC\""), NHI_OK },
	{ T("\"\\ud83D\\uDe00\""), NHI_OK },
	{ T("\""), NHI_ERR_JSON },
	{ T("\"\\"), NHI_ERR_JSON },
	{ T("\"\\\""), NHI_ERR_JSON },
	{ T("\"\\a\""), NHI_ERR_JSON },
	{ T("\"\\\0\""), NHI_ERR_JSON },
	{ T("\"\\u12\""), NHI_ERR_JSON },
	{ T("\"\\u123g\""), NHI_ERR_JSON },
	{ T("\"\\u12"), NHI_ERR_JSON },
	{ T("\"\\u0000\""), NHI_ERR_JSON },
	{ T("\"\x1f\""), NHI_ERR_JSON },
	{ T("\"\x7f\""), NHI_OK },
	{ T("'a'"), NHI_ERR_JSON },
	/* 8 */
	{ T("\"\\ud800\""), NHI_ERR_UTF8 },
	{ T("\"\\udc00\""), NHI_ERR_UTF8 },
	{ T("\"\\ud800\\ud800\""), NHI_ERR_UTF8 },
	{ T("\"\\ud800\\n\""), NHI_ERR_UTF8 },
	{ T("\"\\ud800\\u\""), NHI_ERR_UTF8 },
	{ T("\"\xff\""), NHI_ERR_UTF8 },
	{ T("\xff"), NHI_ERR_UTF8 },
	{ T("\xef\xbb\xbf{}"), NHI_ERR_JSON },
	/* Names, after unescaping */
	{ T("{\"a\":1,\"a\":1}"), NHI_ERR_JSON_DUPLICATE },
	{ T("{\"a\":1,\"\\u0061\":1}"), NHI_ERR_JSON_DUPLICATE },
	{ T("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), NHI_OK },
	{ T("{\"a\":{\"x\":1,\"y\":1},\"x\":1}"), NHI_OK },
	{ T("{\"a\":{\"x\":1},\"b\":1,\"a\":1}"),
	    NHI_ERR_JSON_DUPLICATE },
	{ T("[{\"a\":1},{\"a\":1}]"), NHI_OK },
	{ T("[[{\"a\":1,\"\":2,\"\":3}]]"), NHI_ERR_JSON_DUPLICATE },
	{ T("{\"a\":1,\"A\":1,\"aa\":1,\"\":1}"), NHI_OK },
	{ T("{\"\xc3\xa9\":1,\"\\u00e9\":1}"),
	    NHI_ERR_JSON_DUPLICATE },
	{ T("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":1}"),
	    NHI_ERR_JSON_DUPLICATE },
	/* End of the cases */
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nhi_why why = { "" };
		enum nhi_err err = nhi_scan_json(cases[i].text, &why);

		if (err != cases[i].err)
			fail_msg("%s: %s (%s)", cases[i].text.p,
			    nhi_err_slug(err), why.text);
	}
}

/* Nothing is read behind the end: each text in memory of its very size. */
static void
test_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t n = 0; n <= cases[i].text.n; n++) {
			char *copy = test_malloc(n == 0 ? 1 : n);
			enum nhi_err err;

			memcpy(copy, cases[i].text.p, n);
			err = nhi_scan_json((struct nhi_span){ copy, n },
			    NULL);
			if (n == cases[i].text.n)
				assert_int_equal(err, cases[i].err);
			test_free(copy);
		}
}

/* `inner` between n times `open` and n times `close`. */
static enum nhi_err
scan_nested(const char *open, const char *inner, const char *close, size_t n)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_SCAN_MAX);

	for (size_t i = 0; i < n; i++)
		nhi_buf_str(&b, open);
	nhi_buf_str(&b, inner);
	for (size_t i = 0; i < n; i++)
		nhi_buf_str(&b, close);
	assert_int_equal(nhi_buf_check(&b, NULL), NHI_OK);
	return nhi_scan_json(nhi_buf_all(&b), NULL);
}

static void
test_depth(void **state)
{
	(void)state;
	assert_int_equal(scan_nested("[", "", "]", NHI_SCAN_DEPTH), NHI_OK);
	assert_int_equal(scan_nested("[", "", "]", NHI_SCAN_DEPTH + 1),
	    NHI_ERR_JSON_DEPTH);
	assert_int_equal(scan_nested("{\"a\":", "1", "}", NHI_SCAN_DEPTH),
	    NHI_OK);
	assert_int_equal(scan_nested("{\"a\":", "1", "}", NHI_SCAN_DEPTH + 1),
	    NHI_ERR_JSON_DEPTH);
	assert_int_equal(scan_nested("[{\"a\":", "1", "}]",
	    NHI_SCAN_DEPTH / 2 + 1), NHI_ERR_JSON_DEPTH);
	/* Wide is not deep. */
	assert_int_equal(scan_nested("", "[[],[[]],[],[{}]]", "", 1), NHI_OK);
}

static enum nhi_err
scan_members(unsigned int n, bool last_twice)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_SCAN_MAX);

	nhi_buf_char(&b, '{');
	for (unsigned int i = 0; i < n; i++)
		nhi_buf_printf(&b, "%s\"%u\":1", i == 0 ? "" : ",", i);
	nhi_buf_str(&b, last_twice ? ",\"0\":1}" : "}");
	return nhi_scan_json(nhi_buf_all(&b), NULL);
}

static void
test_limits(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_SCAN_MAX + 1);

	(void)state;
	assert_int_equal(scan_members(NHI_SCAN_MEMBERS, false), NHI_OK);
	assert_int_equal(scan_members(NHI_SCAN_MEMBERS - 1, true),
	    NHI_ERR_JSON_DUPLICATE);
	assert_int_equal(scan_members(NHI_SCAN_MEMBERS + 1, false),
	    NHI_ERR_JSON);
	nhi_buf_char(&b, '[');
	for (unsigned int i = 0; i < NHI_SCAN_VALUES - 2; i++)
		nhi_buf_str(&b, "0,");
	nhi_buf_str(&b, "0]");
	assert_int_equal(nhi_scan_json(nhi_buf_all(&b), NULL), NHI_OK);
	b.n--;
	nhi_buf_str(&b, ",0]");
	assert_int_equal(nhi_scan_json(nhi_buf_all(&b), NULL), NHI_ERR_JSON);
	while (b.n < NHI_SCAN_MAX + 1)
		nhi_buf_char(&b, ' ');
	assert_int_equal(nhi_scan_json(nhi_buf_all(&b), NULL),
	    NHI_ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_limits),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
