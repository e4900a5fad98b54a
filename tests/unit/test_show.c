/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "lib/token/base64url.h"
#include "lib/token/show.h"

static enum nhi_err
show(const char *header, const char *payload, struct nhi_buf *out)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token = NHI_BUF(4096);

	nhi_base64url_put(&token, nhi_span_str(header));
	nhi_buf_char(&token, '.');
	nhi_base64url_put(&token, nhi_span_str(payload));
	nhi_buf_str(&token, ".c2VjcmV0");
	return nhi_token_show(nhi_buf_all(&token), out, NULL);
}

static void
test_layout(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	(void)state;
	assert_int_equal(show("{\"alg\":\"none\"}", "{ \"a\":[1 ,{}, [ ]],"
	    "\"big\":12345678901234567890123,\"s\":\"{\\\"}\"}", &b), NHI_OK);
	assert_string_equal(nhi_buf_text(&b),
	    "NOT VERIFIED: anybody can write such a token.\n"
	    "header: {\n"
	    "  \"alg\": \"none\"\n"
	    "}\n"
	    "claims: {\n"
	    "  \"a\": [\n"
	    "    1,\n"
	    "    {},\n"
	    "    []\n"
	    "  ],\n"
	    "  \"big\": 12345678901234567890123,\n"
	    "  \"s\": \"{\\\"}\"\n"
	    "}\n");
	assert_null(strstr(nhi_buf_text(&b), "c2VjcmV0"));
	assert_null(strstr(nhi_buf_text(&b), "secret"));
}

/* What a terminal would obey comes out as text. */
static void
test_hostile(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	(void)state;
	assert_int_equal(show("{}", "{\"a\":\"\x7f\xc2\x9b\xc3\xa4\xe2\x80\xae"
	    "\xf0\x9f\x98\x80\\u001b[2J\"}", &b), NHI_OK);
	assert_non_null(strstr(nhi_buf_text(&b), "\"\\u007f\\u009b\\u00e4"
	    "\\u202e\\ud83d\\ude00\\u001b[2J\""));
	for (size_t i = 0; i < b.n; i++)
		assert_true(b.p[i] == '\n' || (b.p[i] >= ' ' &&
		    b.p[i] <= '~'));
}

static void
test_refused(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf small = NHI_BUF(16);

	(void)state;
	assert_int_equal(nhi_token_show(NHI_SPAN("a.b"), &b, NULL),
	    NHI_ERR_NOT_COMPACT);
	assert_int_equal(show("{", "{}", &b), NHI_ERR_JSON);
	assert_int_equal(show("{}", "{\"a\":1,\"a\":2}", &b),
	    NHI_ERR_JSON_DUPLICATE);
	assert_int_equal(show("{}", "{\"a\":\"\xff\"}", &b), NHI_ERR_UTF8);
	assert_int_equal(b.n, 0);
	assert_int_equal(show("{}", "{}", &small), NHI_ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_refused),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
