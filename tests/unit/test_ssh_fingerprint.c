/* SPDX-License-Identifier: BSD-2-Clause */
/* Fingerprints there and back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/fingerprint.h"
#include "tests/unit/ssh_util.h"

static const char zeros[] =
    "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static void
format(void **state)
{
	uint8_t hash[NHI_SSH_HASH] = { 0 }, back[NHI_SSH_HASH];
	char text[NHI_SSH_FINGERPRINT];

	(void)state;
	assert_int_equal(nhi_ssh_fingerprint_format(hash, text, NULL), NHI_OK);
	assert_string_equal(text, zeros);
	memset(hash, 0xff, sizeof(hash));
	assert_int_equal(nhi_ssh_fingerprint_format(hash, text, NULL), NHI_OK);
	assert_string_equal(text,
	    "SHA256://////////////////////////////////////////8");
	assert_true(nhi_ssh_fingerprint_parse(nhi_span_str(text), back));
	assert_memory_equal(hash, back, sizeof(hash));
}

static void
refused(void **state)
{
	static const struct nhi_span bad[] = {
		BYTES(""), BYTES("SHA256:"),
		BYTES("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		BYTES("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
		BYTES("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"),
		BYTES("sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		BYTES("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="),
		BYTES("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-AAA"),
		/* End of the bad ones */
	};
	uint8_t hash[NHI_SSH_HASH];

	(void)state;
	assert_true(nhi_ssh_fingerprint_parse(nhi_span_str(zeros), hash));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (nhi_ssh_fingerprint_parse(bad[i], hash))
			fail_msg("taken: %s", bad[i].p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format),
		cmocka_unit_test(refused),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
