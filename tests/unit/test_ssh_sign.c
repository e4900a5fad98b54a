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

#define PAD "                "	/* before each option */

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

/* What ssh-keygen -L says from a heading on, without the blanks. */
static void
expect_list(const char *heading, const char *want)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf got = NHI_BUF(UTIL_BUF);
	const char *p;

	util_read("out", &out);
	p = strstr(nhi_buf_text(&out), heading);
	assert_non_null(p);
	for (p += strlen(heading); *p != '\0'; p++) {
		if (strncmp(p, "        Extensions:", 19) == 0)
			break;
		if (*p != ' ')
			nhi_buf_char(&got, *p);
	}
	assert_string_equal(nhi_buf_text(&got), want);
}

static void
everything(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	NHI_AUTO(nhi_list_wipe) struct nhi_list source = { NULL, 0 };
	struct nhi_ssh_cert_request r;
	struct nhi_span s;

	(void)state;
	util_need_keygen();
	make_keys();
	assert_int_equal(nhi_list_add(&source, NHI_SPAN("10.0.0.0/8")), NHI_OK);
	assert_int_equal(nhi_list_add(&source, NHI_SPAN("2001:db8::/32")),
	    NHI_OK);
	key = util_public("bot-ed25519.pub");
	r = util_request(key);
	r.serial = INT64_MAX;
	r.force_command = "/usr/bin/deploy --all";
	r.source = &source;
	r.pty = r.forwarding = true;
	r.provenance = "repository_id=74 run_id=1";
	util_sign(&r, "ca-ed25519", "c-cert.pub");
	assert_int_equal(util_run("ssh-keygen -L -f c-cert.pub"), 0);
	util_expect("Serial: 9223372036854775807\n", "");
	expect_list("Critical Options: ", "\nforce-command/usr/bin/deploy--all"
	    "\nsource-address10.0.0.0/8,2001:db8::/32\n");
	util_expect("Extensions: \n", PAD "permit-X11-forwarding\n"
	    PAD "permit-agent-forwarding\n" PAD "permit-port-forwarding\n"
	    PAD "permit-pty\n" PAD "provenance@nhi UNKNOWN OPTION");
	cert = util_cert("c-cert.pub");
	assert_int_equal(nhi_ssh_cert_check_signature(cert, NULL), NHI_OK);
	assert_true(nhi_span_is(cert->force_command, r.force_command));
	assert_true(nhi_span_is(cert->source_address,
	    "10.0.0.0/8,2001:db8::/32"));
	assert_true(nhi_ssh_option_value(&cert->extensions,
	    NHI_SSH_PROVENANCE, &s));
	assert_true(nhi_span_is(s, r.provenance));
	assert_int_equal(nhi_ssh_cert_check_principal(cert, "web-deploy",
	    NULL), NHI_OK);
}

static void
permitted(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_ssh_cert_request r;

	(void)state;
	util_need_keygen();
	make_keys();
	key = util_public("bot-ed25519.pub");
	r = util_request(key);
	r.force_command = r.provenance = "";
	r.pty = true;
	util_sign(&r, "ca-ed25519", "c-cert.pub");
	assert_int_equal(util_run("ssh-keygen -L -f c-cert.pub"), 0);
	expect_list("Critical Options: ", "(none)\n");
	expect_list("Extensions: ", "\npermit-pty\n");
	r.pty = false;
	r.forwarding = true;
	util_sign(&r, "ca-ed25519", "c-cert.pub");
	assert_int_equal(util_run("ssh-keygen -L -f c-cert.pub"), 0);
	expect_list("Extensions: ", "\npermit-X11-forwarding\n"
	    "permit-agent-forwarding\npermit-port-forwarding\n");
}

static void
fresh(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *one = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *two = NULL;
	struct nhi_ssh_cert_request r;
	uint64_t a = 0, b = 0;

	(void)state;
	util_need_keygen();
	make_keys();
	key = util_public("bot-ed25519.pub");
	r = util_request(key);
	util_sign(&r, "ca-ed25519", "c-cert.pub");
	one = util_cert("c-cert.pub");
	util_sign(&r, "ca-ed25519", "c-cert.pub");
	two = util_cert("c-cert.pub");
	assert_int_equal(one->nonce.n, 32);
	assert_false(nhi_span_equal(one->nonce, two->nonce));
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(nhi_ssh_cert_serial(&b, NULL), NHI_OK);
		assert_true(b != a && b != 0 && b <= INT64_MAX);
		a = b;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(everything),
		cmocka_unit_test(permitted),
		cmocka_unit_test(fresh),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
