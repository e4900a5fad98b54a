/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates that carry a token: what is one, and what is not. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/ssh/cert_check.h"
#include "lib/ssh/direct.h"
#include "tests/unit/ssh_util.h"

#define TOKEN	"-O extension:token@nhi=a.b.c "

static const struct {
	const char *ca, *words;
	enum nhi_err parse, check;
} cases[] = {
	{ "bot", "-n web -O clear " TOKEN, NHI_OK, NHI_OK },
	{ "bot", "-n web " TOKEN, NHI_OK, NHI_OK },
	{ "bot", "-n web -z 7 -V 20270115080000:20270115081500 " TOKEN,
	    NHI_OK, NHI_OK },
	{ "other", "-n web " TOKEN, NHI_ERR_CERT_CA, NHI_OK },
	{ "bot", "-n web", NHI_ERR_NO_EVIDENCE, NHI_OK },
	{ "bot", "-n web -O extension:token@nhi", NHI_ERR_NO_EVIDENCE, NHI_OK },
	{ "bot", "-n web -O extension:token@nhi=", NHI_ERR_NO_EVIDENCE,
	    NHI_OK },
	{ "bot", "-n web -O extension:token@nhi.example.com=a.b.c",
	    NHI_ERR_NO_EVIDENCE, NHI_OK },
	{ "bot", "-n web -O critical:token@nhi=a.b.c", NHI_ERR_CERT_OPTIONS,
	    NHI_OK },
	{ "bot", TOKEN, NHI_ERR_CERT_PRINCIPAL, NHI_OK },
	{ "bot", "-h -n web", NHI_ERR_CERT_TYPE, NHI_OK },
	{ "bot", "-n '*' " TOKEN, NHI_ERR_CERT_PRINCIPAL, NHI_OK },
	{ "bot", "-n root " TOKEN, NHI_OK, NHI_ERR_CERT_PRINCIPAL },
	{ "bot", "-n web,root " TOKEN, NHI_OK, NHI_ERR_CERT_PRINCIPAL },
	{ "bot", "-n web -O force-command=id " TOKEN, NHI_OK,
	    NHI_ERR_CERT_OPTIONS },
	{ "bot", "-n web -O source-address=192.0.2.0/24 " TOKEN, NHI_OK,
	    NHI_ERR_CERT_OPTIONS },
	/* End of the cases */
};

static enum nhi_err
parse(struct nhi_buf *text, struct nhi_ssh_cert **ret, struct nhi_span *token)
{
	struct nhi_ssh_line line;
	struct nhi_why why = { "" };

	assert_int_equal(nhi_ssh_line_split(nhi_buf_all(text), &line, &why),
	    NHI_OK);
	return nhi_ssh_direct_parse(&line, ret, token, &why);
}

static void
check_case(size_t i)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL, *d = NULL;
	struct nhi_span token = { NULL, 0 };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (util_run("ssh-keygen -q -s %s-ed25519 -I x %s bot-ed25519.pub",
	    cases[i].ca, cases[i].words) != 0)
		fail_msg("%s", cases[i].words);
	util_read("bot-ed25519-cert.pub", &text);
	err = parse(&text, &c, &token);
	if (err != cases[i].parse)
		fail_msg("%s: %s", cases[i].words, nhi_err_slug(err));
	if (err != NHI_OK)
		return;
	assert_true(nhi_span_is(token, "a.b.c"));
	assert_int_equal(nhi_ssh_cert_check_signature(c, &why), NHI_OK);
	assert_int_equal(nhi_ssh_direct_check(c, "web", &why),
	    cases[i].check);
	/* Nobody else takes it for a certificate of a CA. */
	assert_int_equal(nhi_ssh_cert_parse_line(nhi_buf_all(&text), &d,
	    &why), NHI_ERR_CERT_CA);
	assert_null(d);
}

static void
by_keygen(void **state)
{
	(void)state;
	util_need_keygen();
	util_keygen("bot", "ed25519");
	util_keygen("other", "ed25519");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(i);
}

/* Keys of every type may carry one. */
static void
every_type(void **state)
{
	(void)state;
	util_need_keygen();
	for (size_t i = 0; util_types[i] != NULL; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
		NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;
		struct nhi_span token;
		struct nhi_why why;
		char path[64];

		util_keygen("any", util_types[i]);
		assert_int_equal(util_run("ssh-keygen -q -s any-%s -I x "
		    "-n web " TOKEN "any-%s.pub", util_types[i],
		    util_types[i]), 0);
		(void)snprintf(path, sizeof(path), "any-%s-cert.pub",
		    util_types[i]);
		util_read(path, &text);
		assert_int_equal(parse(&text, &c, &token), NHI_OK);
		assert_int_equal(nhi_ssh_cert_check_signature(c, &why),
		    NHI_OK);
		/* The signature is over the token, too. */
		((char *)c->blob.p)[token.p - c->blob.p] ^= 1;
		assert_int_equal(nhi_ssh_cert_check_signature(c, &why),
		    NHI_ERR_CERT_CA);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_keygen),
		cmocka_unit_test(every_type),
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
