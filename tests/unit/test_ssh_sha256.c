/* SPDX-License-Identifier: BSD-2-Clause */
/* The same as libcrypto's, for every length around a block. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/hash.h"
#include "lib/ssh/sha256.h"

static void
test_lengths(void **state)
{
	uint8_t want[NHI_SSH_HASH], got[NHI_SSH_HASH];
	char text[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 37 + i / 7);
	for (size_t n = 0; n <= sizeof(text); n++) {
		struct nhi_span in = { text, n };

		assert_int_equal(nhi_ssh_hash(in, want, NULL), NHI_OK);
		nhi_ssh_sha256(in, got);
		assert_memory_equal(got, want, sizeof(want));
	}
	nhi_ssh_sha256((struct nhi_span){ NULL, 0 }, got);
	assert_int_equal(nhi_ssh_hash(NHI_SPAN(""), want, NULL), NHI_OK);
	assert_memory_equal(got, want, sizeof(want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
