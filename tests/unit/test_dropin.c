/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of sshd's drop-in, and what its options open. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/paths.h"
#include "nhictl/dropin.h"

#define ISSUER	"Match User " NHI_ISSUER_USER "\n"

static const struct {
	struct nhi_dropin_options options;
	const char *has[4], *lacks[4];
} cases[] = {
	{ { .issue = true },
	    { ISSUER, "    PermitTTY no\n", "    DisableForwarding yes\n" },
	    { "UnusedConnectionTimeout", "PermitTTY yes", "Address",
	    "SetEnv" } },
	{ { .issue = false }, { "Match Group " NHI_ACCOUNTS_GROUP "\n" },
	    { ISSUER, " keys %u" } },
	{ { .issue = true, .timeout_known = true },
	    { "    UnusedConnectionTimeout 10s\n" }, { NULL } },
	{ { .issue = true, .setenv_known = true },
	    { "    SetEnv LD_PRELOAD= LD_LIBRARY_PATH= LD_AUDIT=\n",
	    "    SetEnv LD_PRELOAD= LD_LIBRARY_PATH= LD_AUDIT= BASH_ENV= "
	    "SHLVL=1\n" },
	    { "KbdInteractive" } },
	{ { .permit_tty = true }, { "    PermitTTY yes\n",
	    "    AuthorizedKeysCommand none\n" },
	    { "PermitTTY no", "direct" } },
	{ { .permit_forwarding = true, .timeout_known = true },
	    { "    DisableForwarding no\n" },
	    { "DisableForwarding yes", "UnusedConnectionTimeout" } },
	{ { .keyboard = true },
	    { "    AuthenticationMethods publickey keyboard-interactive\n",
	    "    KbdInteractiveAuthentication yes\n" }, { NULL } },
	{ { .direct = true },
	    { " direct=yes ", "    AuthorizedKeysCommand " NHI_HELPER
	    " keys %u %t %k\n", "    AuthorizedKeysCommandUser "
	    NHI_VERIFY_USER "\n" }, { "AuthorizedKeysCommand none", "%C" } },
	{ { .direct = true, .ends_known = true },
	    { " direct=yes ", "    AuthorizedKeysCommand " NHI_HELPER
	    " keys %u %t %k %C\n", }, { "AuthorizedKeysCommand none",
	    " keys %u %t %k\n" } },
	{ { .issue = true, .ends_known = true },
	    { " keys %u %t %k\n" }, { "%C" } },
	{ { .issue = true, .issue_from = "10.0.0.0/8,2001:db8::/32" },
	    { "Match User " NHI_ISSUER_USER
	    " Address 10.0.0.0/8,2001:db8::/32\n", ISSUER,
	    "    AuthorizedKeysCommand none\n" }, { NULL } },
};

static void
texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b =
		    NHI_BUF(NHI_DROPIN_MAX);

		nhi_dropin_format(&cases[i].options, &b);
		assert_int_equal(nhi_buf_check(&b, NULL), NHI_OK);
		for (size_t k = 0; k < 4 && cases[i].has[k] != NULL; k++)
			assert_non_null(strstr(b.p, cases[i].has[k]));
		for (size_t k = 0; k < 4 && cases[i].lacks[k] != NULL; k++)
			assert_null(strstr(b.p, cases[i].lacks[k]));
	}
}

/* The options come back from the text that they made. */
static void
round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b =
		    NHI_BUF(NHI_DROPIN_MAX);
		const struct nhi_dropin_options *o = &cases[i].options;
		struct nhi_dropin_options got = { .issue = true };

		nhi_dropin_format(o, &b);
		assert_true(nhi_dropin_parse(nhi_buf_all(&b), &got));
		assert_int_equal(got.issue, o->issue);
		assert_int_equal(got.permit_tty, o->permit_tty);
		assert_int_equal(got.permit_forwarding, o->permit_forwarding);
		assert_int_equal(got.keyboard, o->keyboard);
		assert_int_equal(got.direct, o->direct);
		assert_string_equal(got.issue_from, o->issue_from);
	}
}

static void
strangers(void **state)
{
	static const char *const texts[] = {
		"", "Match User nhi\n", "# options: issue=maybe\n",
		"# options: issue\n", "# options: colour=yes\n",
		" # options: issue=yes\n",
	};
	struct nhi_dropin_options o = { .issue = false };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(nhi_dropin_parse(nhi_span_str(texts[i]), &o));
}

static size_t
at(enum nhi_dropin_block block, const char *word)
{
	struct nhi_dropin_options o = { .issue = true };
	struct nhi_dropin_line line;

	for (size_t i = 0; nhi_dropin_line(&o, block, i, &line); i++) {
		if (strcmp(line.word, word) == 0)
			return i;
	}
	return SIZE_MAX;
}

/*
 * OpenSSH 9.2 ignores a principals command that follows a keys command; and
 * the issuer's block must come first, or his group would open him.
 */
static void
order(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_DROPIN_MAX);
	struct nhi_dropin_options o = { .issue = true };

	(void)state;
	assert_true(at(NHI_DROPIN_ISSUER, "AuthorizedPrincipalsCommand") <
	    at(NHI_DROPIN_ISSUER, "AuthorizedKeysCommand"));
	assert_true(at(NHI_DROPIN_ACCOUNTS, "AuthorizedPrincipalsCommand") <
	    at(NHI_DROPIN_ACCOUNTS, "AuthorizedKeysCommand"));
	nhi_dropin_format(&o, &b);
	assert_true(strstr(b.p, ISSUER) < strstr(b.p, "Match Group"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(strangers),
		cmocka_unit_test(order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
