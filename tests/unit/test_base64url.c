/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "lib/token/base64url.h"

/* RFC 4648 10 in the other alphabet, RFC 7515 C. */
static const struct {
	struct nhi_span octets;
	const char *text;
} pairs[] = {
	{ { "", 0 }, "" },
	{ { "f", 1 }, "Zg" },
	{ { "fo", 2 }, "Zm8" },
	{ { "foo", 3 }, "Zm9v" },
	{ { "foob", 4 }, "Zm9vYg" },
	{ { "fooba", 5 }, "Zm9vYmE" },
	{ { "foobar", 6 }, "Zm9vYmFy" },
	{ { "\x03\xec\xff\xe0\xc1", 5 }, "A-z_4ME" },
	{ { "\0", 1 }, "AA" },
	{ { "\xff\xff\xff", 3 }, "____" },
	/* End of the pairs */
};

static const char *const wrong[] = {
	"Z", "Zm9vY", "Zg==", "Zg=", "Zm8=", "Zm9v\n", " Zm9v", "Zm 9v",
	"Zh", "Zm9", "A+z/", "Zm9vYmE.", "Zm9\xc3", "_", "=", "Zm9vYh",
	/* End of the wrong */
};

static void
test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(64);
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(64);
		struct nhi_why why;

		nhi_base64url_put(&out, pairs[i].octets);
		assert_string_equal(nhi_buf_text(&out), pairs[i].text);
		assert_int_equal(nhi_base64url_decode(
		    nhi_span_str(pairs[i].text), &in, &why), NHI_OK);
		assert_int_equal(in.n, pairs[i].octets.n);
		assert_memory_equal(nhi_buf_text(&in), pairs[i].octets.p,
		    in.n);
	}
}

static void
test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(64);
		struct nhi_why why = { "" };

		assert_int_equal(nhi_base64url_decode(
		    nhi_span_str(wrong[i]), &in, &why), NHI_ERR_BASE64URL);
		assert_non_null(strstr(why.text, "RFC 4648"));
	}
}

/* One text for each octet string: all texts of two and three characters. */
static void
test_canonical(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 0x1000000; v++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(8);
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(8);
		const char text[3] = {
			(char)(v >> 16), (char)(v >> 8), (char)v,
		};
		struct nhi_span s = { text, v < 0x10000 ? 2 : 3 };

		if (v < 0x10000) {
			s.p = text + 1;
		} else if (v % 257 != 0) {
			continue;	/* a sample is enough of the rest */
		}
		if (nhi_base64url_decode(s, &in, NULL) != NHI_OK)
			continue;
		nhi_base64url_put(&out, nhi_buf_all(&in));
		assert_true(nhi_span_equal(nhi_buf_all(&out), s));
	}
}

/* What was in the buffer before is all that is in it after. */
static void
test_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(64);

		nhi_buf_str(&in, "old");
		assert_int_equal(nhi_base64url_decode(
		    nhi_span_str(wrong[i]), &in, NULL), NHI_ERR_BASE64URL);
		assert_int_equal(in.n, 3);
		assert_string_equal(nhi_buf_text(&in), "old");
		nhi_buf_str(&in, "new");
		assert_string_equal(nhi_buf_text(&in), "oldnew");
	}
}

static void
test_limit(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(5);

	(void)state;
	assert_int_equal(nhi_base64url_decode(NHI_SPAN("Zm9vYmFy"), &in,
	    NULL), NHI_ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_limit),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
