/* SPDX-License-Identifier: BSD-2-Clause */
/* The word nhi in nsswitch.conf: text in, text out. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "nhictl/edit.h"
#include "nhictl/edit_nss.h"

#define GROUP	"group: files nhi\n"

static const struct {
	const char *old, *new;	/* new NULL: refused */
} cases[] = {
	{ "passwd: files\ngroup: files\n", "passwd: files nhi\n" GROUP },
	/* Debian's, with and without systemd. */
	{ "passwd:         files systemd\ngroup:          files systemd\n"
	    "shadow: files systemd\n",
	    "passwd:         files nhi systemd\n"
	    "group:          files nhi systemd\nshadow: files systemd\n" },
	/* Fedora's merge must be said of both. */
	{ "passwd: files sss\ngroup: files [SUCCESS=merge] sss "
	    "[SUCCESS=merge] systemd\n",
	    "passwd: files nhi sss\ngroup: files [SUCCESS=merge] nhi "
	    "[SUCCESS=merge] sss [SUCCESS=merge] systemd\n" },
	/* The end of a search stays its end. */
	{ "passwd: files [NOTFOUND=return] ldap\n" GROUP,
	    "passwd: files nhi [NOTFOUND=return] ldap\n" GROUP },
	{ "passwd: sss files[!UNAVAIL=return] ldap\n" GROUP,
	    "passwd: sss files nhi[!UNAVAIL=return] ldap\n" GROUP },
	{ "passwd: compat\n" GROUP, "passwd: compat nhi\n" GROUP },
	/* Already so, wherever it stands. */
	{ "passwd: files nhi\n" GROUP, "passwd: files nhi\n" GROUP },
	{ "passwd: nhi files\n" GROUP, "passwd: nhi files\n" GROUP },
	/* initgroups only where there is such a line. */
	{ "passwd: files\n" GROUP "initgroups: files\n",
	    "passwd: files nhi\n" GROUP "initgroups: files nhi\n" },
	/* Words that only look like ours. */
	{ "passwd: files nhix # nhi\n" GROUP,
	    "passwd: files nhi nhix # nhi\n" GROUP },
	{ "passwd: xfiles files\n" GROUP, "passwd: xfiles files nhi\n" GROUP },
	{ "# passwd: files\npasswd_compat: nis\npasswd: files\n" GROUP,
	    "# passwd: files\npasswd_compat: nis\npasswd: files nhi\n"
	    GROUP },
	{ " passwd : files\n" GROUP, " passwd : files nhi\n" GROUP },
	/* A line that is not there has glibc's default. */
	{ "", "passwd: files nhi\n" GROUP },
	{ GROUP, GROUP "passwd: files nhi\n" },
	{ "passwd: files", "passwd: files nhi\n" GROUP },
	{ "passwd: sss\n" GROUP, NULL },
	{ "passwd: sss # files\n" GROUP, NULL },
	{ "passwd: files\ngroup: db\n", NULL },
};

static void
edits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf new =
		    NHI_BUF(NHI_EDIT_MAX);
		struct nhi_why why = { "" };
		enum nhi_err err = nhi_edit_nss(nhi_span_str(cases[i].old),
		    &new, &why);

		if (cases[i].new == NULL) {
			assert_int_equal(err, NHI_ERR_HOST);
			continue;
		}
		assert_int_equal(err, NHI_OK);
		assert_string_equal(nhi_buf_text(&new), cases[i].new);
	}
}

/* What an edit made, it leaves alone. */
static void
twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf new =
		    NHI_BUF(NHI_EDIT_MAX);
		struct nhi_why why = { "" };

		if (cases[i].new == NULL)
			continue;
		assert_int_equal(nhi_edit_nss(nhi_span_str(cases[i].new), &new,
		    &why), NHI_OK);
		assert_string_equal(nhi_buf_text(&new), cases[i].new);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits),
		cmocka_unit_test(twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
