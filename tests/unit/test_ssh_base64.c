/* SPDX-License-Identifier: BSD-2-Clause */
/* Vectors of RFC 4648 10, and every other spelling refused. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/base64.h"
#include "tests/unit/ssh_util.h"

static const struct {
	const char *plain, *text;
} good[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xbf", "+/+/" },
	/* End of the good ones */
};

static void
vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(64);
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf plain = NHI_BUF(64);

		nhi_ssh_base64_encode(nhi_span_str(good[i].plain), &text);
		assert_string_equal(nhi_buf_text(&text), good[i].text);
		assert_true(nhi_ssh_base64_decode(nhi_buf_all(&text), &plain));
		assert_string_equal(nhi_buf_text(&plain), good[i].plain);
		assert_int_equal(plain.n, strlen(good[i].plain));
	}
}

static void
refused(void **state)
{
	static const struct nhi_span bad[] = {
		BYTES("Z"), BYTES("Zg"), BYTES("Zg="),
		BYTES("Zm8"), BYTES("Zm9vYg"), BYTES("===="),
		BYTES("Z==="), BYTES("Zg==Zg=="), BYTES("Z=g="),
		BYTES("=g=="), BYTES("Zm=v"), BYTES("Zh=="),
		BYTES("Zm9="), BYTES("Zm9v\n"), BYTES("Zm9\n"),
		BYTES(" Zm9"), BYTES("Zm-v"), BYTES("Zm_v"),
		BYTES("Zm\0v"), BYTES("Zm9vZg==="), BYTES("Zm\xc3v"),
		{ "Zm9v", 1 }, { "Zm9v", 2 }, { "Zm9v", 3 }, { "Zg==", 3 },
		/* End of the bad ones */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(64);

		if (nhi_ssh_base64_decode(bad[i], &out))
			fail_msg("taken: %s", bad[i].p);
	}
}

/* Each two bytes have one spelling: no other last quad decodes to them. */
static void
one_spelling(void **state)
{
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char quad[5] = "AAA=";
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < 64; i++)
		for (size_t j = 0; j < 64; j++) {
			NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(8);

			quad[1] = all[i];
			quad[2] = all[j];
			if (nhi_ssh_base64_decode(nhi_span_str(quad), &out))
				taken++;
		}
	assert_int_equal(taken, 64 * 16);
}

static void
limits(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(5);

	(void)state;
	assert_false(nhi_ssh_base64_decode(NHI_SPAN("Zm9vYmFy"), &out));
	assert_int_equal(out.err, NHI_ERR_TOO_LARGE);
	nhi_buf_reset(&out);
	assert_true(nhi_ssh_base64_decode(NHI_SPAN("Zm9vYmE="), &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(refused),
		cmocka_unit_test(one_spelling),
		cmocka_unit_test(limits),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
