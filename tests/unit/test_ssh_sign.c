/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates made here, read by ssh-keygen -L and by the parser. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/cert_check.h"
#include "lib/ssh/hash.h"
#include "tests/unit/ssh_util.h"

static void
make_keys(void)
{
	for (size_t i = 0; util_types[i] != NULL; i++) {
		util_keygen("ca", util_types[i]);
		util_keygen("bot", util_types[i]);
	}
}

static void
check_pair(const char *subject, const char *ca)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *cakey = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	struct nhi_ssh_cert_request r;
	char path[64], print[NHI_SSH_FINGERPRINT];

	(void)snprintf(path, sizeof(path), "bot-%s.pub", subject);
	key = util_public(path);
	(void)snprintf(path, sizeof(path), "ca-%s.pub", ca);
	cakey = util_public(path);
	r = util_request(key);
	(void)snprintf(path, sizeof(path), "ca-%s", ca);
	util_sign(&r, path, "c-cert.pub");
	assert_int_equal(util_run("TZ=UTC ssh-keygen -L -f c-cert.pub"), 0);
	util_expect("Type: ", nhi_ssh_type_name(key->type));
	assert_int_equal(nhi_ssh_hash_key(key, print, NULL), NHI_OK);
	util_expect("-CERT ", print);
	assert_int_equal(nhi_ssh_hash_key(cakey, print, NULL), NHI_OK);
	util_expect(" ", print);
	util_expect("(using ", strncmp(ca, "rsa", 3) == 0 ? "rsa-sha2-512)" :
	    nhi_ssh_type_name(cakey->type));
	util_expect("Serial: 7\n", "");
	util_expect("Key ID: \"", r.keyid);
	util_expect("Valid: from 2027-01-15T08:00:00 to ",
	    "2027-01-15T08:15:00\n");
	util_expect("Principals: \n                web-deploy\n", "");
	util_expect("Critical Options: (none)\n", "");
	util_expect("Extensions: (none)\n", "");
	cert = util_cert("c-cert.pub");
	assert_true(nhi_ssh_key_equal(cert->subject, key));
	assert_true(nhi_ssh_key_equal(cert->ca, cakey));
	assert_int_equal(nhi_ssh_cert_check_signature(cert, NULL), NHI_OK);
}

static void
every_type(void **state)
{
	(void)state;
	util_need_keygen();
	make_keys();
	for (size_t i = 0; util_types[i] != NULL; i++)
		for (size_t j = 0; util_types[j] != NULL; j++)
			check_pair(util_types[i], util_types[j]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
