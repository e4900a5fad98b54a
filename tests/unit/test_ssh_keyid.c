/* SPDX-License-Identifier: BSD-2-Clause */
/* Key ids: one form, and nothing else. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/keyid.h"
#include "tests/unit/ssh_util.h"

#define LABEL63 "a23456789012345678901234567890123456789012345678901234567890123"

static const char *const good[] = {
	"nhi1:web-1.example.com:web-deploy:0123456789abcdef",
	"nhi1:h:i:0000000000000000",
	"nhi1:Node_1:a.b_c-d:ffffffffffffffff",
	("nhi1:" LABEL63 "." LABEL63 "." LABEL63 "."
	    "a234567890123456789012345678901234567890123456789012345678901"
	    ":i:0000000000000000"),
	("nhi1:h:" LABEL63 "4:0000000000000000"),
	/* End of the good ones */
};

static const struct nhi_span bad[] = {
	BYTES(""), BYTES("nhi1"), BYTES("nhi1:"),
	BYTES("nhi1:h:i"), BYTES("nhi1:h:i:"),
	BYTES("nhi1:h:i:000000000000000"),
	BYTES("nhi1:h:i:00000000000000000"),
	BYTES("nhi1:h:i:000000000000000A"),
	BYTES("nhi1:h:i:000000000000000g"),
	BYTES("nhi1:h:i:0000000000000000:"),
	BYTES("nhi1:h:i:0000000000000000\n"),
	BYTES("nhi1:h:i:0000000000000000\0"),
	BYTES("nhi1:h\0:i:0000000000000000"),
	BYTES("nhi1:h:i\0:0000000000000000"),
	BYTES("nhi2:h:i:0000000000000000"),
	BYTES("Nhi1:h:i:0000000000000000"),
	BYTES(" nhi1:h:i:0000000000000000"),
	BYTES("nhi1::i:0000000000000000"),
	BYTES("nhi1:h::0000000000000000"),
	BYTES("nhi1:h.:i:0000000000000000"),
	BYTES("nhi1:.h:i:0000000000000000"),
	BYTES("nhi1:h..h:i:0000000000000000"),
	BYTES("nhi1:-h:i:0000000000000000"),
	BYTES("nhi1:h/:i:0000000000000000"),
	BYTES("nhi1:h h:i:0000000000000000"),
	BYTES("nhi1:a" LABEL63 ":i:0000000000000000"),
	BYTES("nhi1:" LABEL63 "." LABEL63 "." LABEL63 "." LABEL63
	    ":i:0000000000000000"),
	BYTES("nhi1:h:I:0000000000000000"),
	BYTES("nhi1:h:-i:0000000000000000"),
	BYTES("nhi1:h:../i:0000000000000000"),
	BYTES("nhi1:h:" LABEL63 "45:0000000000000000"),
	/* End of the bad ones */
};

static void
taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(512);
		struct nhi_ssh_keyid id;
		struct nhi_why why = { "" };

		if (nhi_ssh_keyid_parse(nhi_span_str(good[i]), &id, &why) !=
		    NHI_OK)
			fail_msg("%s: %s", good[i], why.text);
		assert_int_equal(nhi_ssh_keyid_format(&id, &out, &why), NHI_OK);
		assert_string_equal(nhi_buf_text(&out), good[i]);
	}
}

static void
refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct nhi_ssh_keyid id = { .mark = "same" };

		if (nhi_ssh_keyid_parse(bad[i], &id, NULL) !=
		    NHI_ERR_CERT_KEYID)
			fail_msg("taken: %s", bad[i].p);
		assert_string_equal(id.mark, "same");
	}
}

static void
parts(void **state)
{
	struct nhi_ssh_keyid id;

	(void)state;
	assert_int_equal(nhi_ssh_keyid_parse(nhi_span_str(good[0]), &id, NULL),
	    NHI_OK);
	assert_string_equal(id.host, "web-1.example.com");
	assert_string_equal(id.identity, "web-deploy");
	assert_string_equal(id.mark, "0123456789abcdef");
}

static void
host_limit(void **state)
{
	static const char most[] = LABEL63 "." LABEL63 "." LABEL63 "."
	    "a234567890123456789012345678901234567890123456789012345678901";

	(void)state;
	assert_int_equal(strlen(most), NHI_SSH_HOST_MAX);
	assert_true(nhi_ssh_host_valid(nhi_span_str(most)));
	assert_false(nhi_ssh_host_valid(NHI_SPAN(
	    LABEL63 "." LABEL63 "." LABEL63 "."
	    "a2345678901234567890123456789012345678901234567890123456789012")));
	assert_false(nhi_ssh_host_valid(NHI_SPAN("")));
}

static void
format_refused(void **state)
{
	static const struct nhi_ssh_keyid ids[] = {
		{ "a:b", "i", "0000000000000000" },
		{ "", "i", "0000000000000000" },
		{ "h", "a:b", "0000000000000000" },
		{ "h", "i", "000000000000000" },
		{ "h", "i", "000000000000000G" },
		/* End of the bad ones */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(512);

		assert_int_equal(nhi_ssh_keyid_format(&ids[i], &out, NULL),
		    NHI_ERR_CERT_KEYID);
		assert_int_equal(out.n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken),
		cmocka_unit_test(refused),
		cmocka_unit_test(parts),
		cmocka_unit_test(host_limit),
		cmocka_unit_test(format_refused),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
