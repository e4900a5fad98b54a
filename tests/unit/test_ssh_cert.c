/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates of ssh-keygen -s, and every way to spoil one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/cert_check.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"
#include "tests/unit/ssh_util.h"

static const struct option {
	const char *words;		/* of ssh-keygen */
	enum nhi_err err;
	size_t ncritical, nextensions;
	const char *force, *source;
} options[] = {
	{ "", NHI_OK, 0, 5, NULL, NULL },
	{ "-O clear", NHI_OK, 0, 0, NULL, NULL },
	{ "-O clear -O permit-pty", NHI_OK, 0, 1, NULL, NULL },
	{ "-O clear -O permit-user-rc -O permit-agent-forwarding"
	    " -O permit-port-forwarding -O permit-X11-forwarding"
	    " -O permit-pty -O no-touch-required", NHI_OK, 0, 6, NULL, NULL },
	{ "-O force-command='/bin/a \"b c\"'", NHI_OK, 1, 5,
	    "/bin/a \"b c\"", NULL },
	{ "-O source-address=10.0.0.0/8,2001:db8::/32", NHI_OK, 1, 5, NULL,
	    "10.0.0.0/8,2001:db8::/32" },
	{ "-O clear -O source-address=10.0.0.1 -O force-command=id", NHI_OK,
	    2, 0, "id", "10.0.0.1" },
	{ "-O clear -O extension:provenance@nhi=x -O permit-pty", NHI_OK,
	    0, 2, NULL, NULL },
	{ "-O clear -O extension:a@example.com", NHI_OK, 0, 1, NULL, NULL },
	{ "-O verify-required", NHI_ERR_CERT_OPTIONS, 0, 0, NULL, NULL },
	{ "-O critical:a@example.com=x", NHI_ERR_CERT_OPTIONS, 0, 0, NULL,
	    NULL },
	{ "-O extension:permit-pty=x", NHI_ERR_CERT_OPTIONS, 0, 0, NULL, NULL },
	{ "-h", NHI_ERR_CERT_TYPE, 0, 0, NULL, NULL },
	/* End of the options */
};

static void
expect_span(struct nhi_span s, const char *text)
{
	if (text == NULL)
		assert_null(s.p);
	else
		assert_true(nhi_span_is(s, text));
}

static void
check_options(const char *ca, const struct option *o)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (util_run("ssh-keygen -q -s ca-%s -I 'key id' -z 9"
	    " -n web-deploy,other -V 20270115080000:20270115081500 %s "
	    "bot-ed25519.pub", ca, o->words) != 0) {
		assert_int_not_equal(o->err, NHI_OK);	/* too old for it */
		return;
	}
	util_read("bot-ed25519-cert.pub", &text);
	err = nhi_ssh_cert_parse_line(nhi_buf_all(&text), &c, &why);
	if (err != o->err)
		fail_msg("%s: %s: %s", o->words, nhi_err_slug(err), why.text);
	if (err != NHI_OK)
		return;
	assert_int_equal(nhi_ssh_cert_check_signature(c, &why), NHI_OK);
	assert_int_equal(c->serial, 9);
	assert_true(nhi_span_is(c->keyid, "key id"));
	assert_int_equal(c->nprincipals, 2);
	assert_true(nhi_span_is(c->principals[0], "web-deploy"));
	assert_true(nhi_span_is(c->principals[1], "other"));
	assert_int_equal(c->valid_before - c->valid_after, 900);
	assert_int_equal(c->critical.n, o->ncritical);
	assert_int_equal(c->extensions.n, o->nextensions);
	expect_span(c->force_command, o->force);
	expect_span(c->source_address, o->source);
}

static void
keygen_options(void **state)
{
	(void)state;
	util_need_keygen();
	util_keygen("ca", "ed25519");
	util_keygen("bot", "ed25519");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		check_options("ed25519", &options[i]);
}

/* RSA certificates of a CA: with SHA-2 taken, with SHA-1 not. */
static void
check_rsa(const char *alg, enum nhi_err want)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;

	if (util_run("ssh-keygen -q -s ca-rsa2048 -t %s -I id -n a -V +1h "
	    "bot-ed25519.pub", alg) != 0) {
		assert_int_not_equal(want, NHI_OK);	/* no SHA-1 there */
		return;
	}
	util_read("bot-ed25519-cert.pub", &text);
	assert_int_equal(nhi_ssh_cert_parse_line(nhi_buf_all(&text), &c, NULL),
	    want);
	if (want == NHI_OK)
		assert_int_equal(nhi_ssh_cert_check_signature(c, NULL),
		    NHI_OK);
}

static void
keygen_types(void **state)
{
	const struct option none = options[0];

	(void)state;
	util_need_keygen();
	util_keygen("bot", "ed25519");
	for (size_t i = 0; util_types[i] != NULL; i++) {
		util_keygen("ca", util_types[i]);
		check_options(util_types[i], &none);
	}
	check_rsa("rsa-sha2-256", NHI_OK);
	check_rsa("rsa-sha2-512", NHI_OK);
	check_rsa("ssh-rsa", NHI_ERR_CERT_CA);
}

/* No bit of it may be another, and nothing of it missing. */
static void
sweep(const char *ca, const char *subject)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *bad = NULL;
	struct nhi_span all;

	util_keygen("ca", ca);
	util_keygen("bot", subject);
	assert_int_equal(util_run("ssh-keygen -q -s ca-%s -I id -z 1 -n a"
	    " -V +1h -O force-command=id -O source-address=10.0.0.0/8"
	    " bot-%s.pub && cp bot-%s-cert.pub s-cert.pub", ca, subject,
	    subject), 0);
	c = util_cert("s-cert.pub");
	assert_int_equal(nhi_ssh_cert_check_signature(c, NULL), NHI_OK);
	nhi_buf_span(&blob, nhi_buf_all(&c->blob));
	all = nhi_buf_all(&blob);
	for (all.n = 0; all.n < blob.n; all.n++)
		if (nhi_ssh_cert_parse_blob(all, &bad, NULL) == NHI_OK)
			fail_msg("%s: taken after %zu bytes", ca, all.n);
	for (size_t i = 0; i < blob.n * 8; i++) {
		blob.p[i / 8] ^= (char)(1U << i % 8);
		if (nhi_ssh_cert_parse_blob(all, &bad, NULL) == NHI_OK &&
		    nhi_ssh_cert_check_signature(bad, NULL) == NHI_OK)
			fail_msg("%s: taken with bit %zu flipped", ca, i);
		nhi_ssh_cert_freep(&bad);
		blob.p[i / 8] ^= (char)(1U << i % 8);
	}
	nhi_buf_u8(&blob, 0);
	assert_int_equal(nhi_ssh_cert_parse_blob(nhi_buf_all(&blob), &bad,
	    NULL), NHI_ERR_INPUT);
}

static void
sweeps(void **state)
{
	(void)state;
	util_need_keygen();
	sweep("ed25519", "ecdsa256");
	sweep("ecdsa256", "ed25519");
	sweep("ecdsa384", "ed25519");
	sweep("rsa2048", "ed25519");
}

static void
text_forms(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf base64 = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *d = NULL;
	const struct nhi_span none = { NULL, 0 };
	struct nhi_span text;

	(void)state;
	util_need_keygen();
	util_keygen("ca", "ed25519");
	util_keygen("bot", "ed25519");
	check_options("ed25519", &options[0]);
	c = util_cert("bot-ed25519-cert.pub");
	nhi_ssh_base64_encode(nhi_buf_all(&c->blob), &base64);
	text = nhi_buf_all(&base64);
	assert_int_equal(nhi_ssh_cert_parse(none, text, &d, NULL), NHI_OK);
	nhi_ssh_cert_freep(&d);
	assert_int_equal(nhi_ssh_cert_parse(
	    NHI_SPAN("ssh-rsa-cert-v01@openssh.com"), text, &d, NULL),
	    NHI_ERR_CERT_TYPE);
	assert_int_equal(nhi_ssh_cert_parse(NHI_SPAN("ssh-ed25519"), text, &d,
	    NULL), NHI_ERR_CERT_TYPE);
	assert_int_equal(nhi_ssh_cert_parse(NHI_SPAN(""), text, &d, NULL),
	    NHI_ERR_CERT_TYPE);
	text.n--;
	assert_int_equal(nhi_ssh_cert_parse(none, text, &d, NULL),
	    NHI_ERR_INPUT);
	assert_int_equal(nhi_ssh_cert_parse(none, none, &d, NULL),
	    NHI_ERR_INPUT);
	assert_true(nhi_ssh_cert_is_type(
	    NHI_SPAN("ssh-ed25519-cert-v01@openssh.com")));
	assert_false(nhi_ssh_cert_is_type(NHI_SPAN("ssh-ed25519")));
	assert_false(nhi_ssh_cert_is_type(NHI_SPAN("-cert-v01@openssh.com")));
}

static void
checks(void **state)
{
	struct nhi_ssh_cert c = { .valid_after = 100, .valid_before = 200,
	    .nprincipals = 1, .principals = { BYTES("web-deploy") } };
	static const int64_t times[] = { 100, 199, 99, 200, -1, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(nhi_ssh_cert_check_time(&c, times[i], NULL),
		    i < 2 ? NHI_OK : NHI_ERR_CERT_EXPIRED);
	c.valid_before = NHI_SSH_FOREVER;
	assert_int_equal(nhi_ssh_cert_check_time(&c, INT64_MAX, NULL), NHI_OK);
	assert_int_equal(nhi_ssh_cert_check_principal(&c, "web-deploy", NULL),
	    NHI_OK);
	assert_int_equal(nhi_ssh_cert_check_principal(&c, "web-deplo", NULL),
	    NHI_ERR_CERT_PRINCIPAL);
	assert_int_equal(nhi_ssh_cert_check_principal(&c, "", NULL),
	    NHI_ERR_CERT_PRINCIPAL);
	c.principals[1] = c.principals[0];
	c.nprincipals = 2;
	assert_int_equal(nhi_ssh_cert_check_principal(&c, "web-deploy", NULL),
	    NHI_ERR_CERT_PRINCIPAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keygen_options),
		cmocka_unit_test(keygen_types),
		cmocka_unit_test(sweeps),
		cmocka_unit_test(text_forms),
		cmocka_unit_test(checks),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
