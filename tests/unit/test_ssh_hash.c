/* SPDX-License-Identifier: BSD-2-Clause */
/* Fingerprints as ssh-keygen -l has them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/hash.h"
#include "tests/unit/ssh_util.h"

/* FIPS 180-2 B.1 */
static void
vector(void **state)
{
	uint8_t hash[NHI_SSH_HASH];
	char text[NHI_SSH_FINGERPRINT];

	(void)state;
	assert_int_equal(nhi_ssh_hash(NHI_SPAN("abc"), hash, NULL), NHI_OK);
	assert_int_equal(nhi_ssh_fingerprint_format(hash, text, NULL), NHI_OK);
	assert_string_equal(text,
	    "SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
}

static void
keygen(void **state)
{
	char path[64], text[NHI_SSH_FINGERPRINT];

	(void)state;
	util_need_keygen();
	for (size_t i = 0; util_types[i] != NULL; i++) {
		NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;

		util_keygen("bot", util_types[i]);
		(void)snprintf(path, sizeof(path), "bot-%s.pub",
		    util_types[i]);
		key = util_public(path);
		assert_int_equal(nhi_ssh_hash_key(key, text, NULL), NHI_OK);
		assert_int_equal(util_run("ssh-keygen -l -f %s", path), 0);
		util_expect(text, " bot@example.com");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vector),
		cmocka_unit_test(keygen),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
