/* SPDX-License-Identifier: BSD-2-Clause */
/* Our lines out of nsswitch.conf and PAM files: text in, text out. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "nhictl/edit.h"
#include "nhictl/edit_nss.h"
#include "nhictl/strip.h"

#define BLOCK(line)	NHI_EDIT_BEGIN "\n" line "\n" NHI_EDIT_END "\n"

struct text {
	const char *old, *new;
};

static const struct text nss[] = {
	{ "passwd: files nhi systemd\ngroup: files nhi\n",
	    "passwd: files systemd\ngroup: files\n" },
	{ "passwd:\tfiles nhi # nhi is ours\n",
	    "passwd:\tfiles # nhi is ours\n" },
	{ "group: files [SUCCESS=merge] nhi [SUCCESS=merge] systemd\n",
	    "group: files [SUCCESS=merge] systemd\n" },
	{ "initgroups: files nhi [NOTFOUND=return] sss\n",
	    "initgroups: files [NOTFOUND=return] sss\n" },
	{ "hosts: files nhi dns\n# passwd: nhi\nshadow: nhi\n",
	    "hosts: files nhi dns\n# passwd: nhi\nshadow: nhi\n" },
	{ "passwd: files nhix xnhi", "passwd: files nhix xnhi" },
	{ "passwd: nhi[x] files", "passwd:[x] files" },
	{ "", "" },
};

/* What edit_nss makes of them comes back as it was. */
static const char *const there_and_back[] = {
	"passwd: files systemd\ngroup: files [SUCCESS=merge] systemd\n"
	"initgroups: files [NOTFOUND=return] sss\nhosts: files dns\n",
	"passwd:\tcompat\t# mine\ngroup:compat\n",
	"# nothing\n\n passwd : files sss\ngroup: sss files [!UNAVAIL=return]"
	" x\n",
};

static const struct text pam[] = {
	{ "auth required a.so\n" BLOCK("account required pam_nhi.so defer")
	    "account required b.so\n",
	    "auth required a.so\naccount required b.so\n" },
	/* A jump over the line is one shorter, one up to it is not. */
	{ "auth [success=3 default=ignore] a.so\n"
	    "auth [success=end ignore=ignore default=die] pam_nhi.so\n"
	    "auth [success=1 default=ignore] pam_unix.so\n"
	    "auth requisite pam_deny.so\nauth required pam_permit.so\n",
	    "auth [success=2 default=ignore] a.so\n"
	    "auth [success=1 default=ignore] pam_unix.so\n"
	    "auth requisite pam_deny.so\nauth required pam_permit.so\n" },
	{ "auth [success=1 new=0] a.so\nauth required b.so\n"
	    "auth required pam_nhi.so\nauth required c.so\n",
	    "auth [success=1 new=0] a.so\nauth required b.so\n"
	    "auth required c.so\n" },
	/* Other stages and comments do not count. */
	{ "auth [success=2] a.so\n# auth x\naccount required x.so\n"
	    "auth optional b.so\n-auth optional pam_nhi.so\nauth z.so\n",
	    "auth [success=1] a.so\n# auth x\naccount required x.so\n"
	    "auth optional b.so\nauth z.so\n" },
	/* Twice, and by a path. */
	{ "session [success=2] a.so\nsession required pam_nhi.so\n"
	    "session required /lib/security/pam_nhi.so x\nsession b.so\n",
	    "session [success=0] a.so\nsession b.so\n" },
	/* A line that goes on in the next one goes whole. */
	{ "auth required \\\n    pam_nhi.so \\\n    timeout=3\nauth b.so\n",
	    "auth b.so\n" },
	/* Comments stay; a block without an end takes no other lines. */
	{ "# pam_nhi.so was here\naccount a.so\n",
	    "# pam_nhi.so was here\naccount a.so\n" },
	{ NHI_EDIT_BEGIN "\nsession requisite pam_nhi.so\nsession a.so\n",
	    "session a.so\n" },
	{ "@include common-auth\n", "@include common-auth\n" },
};

static void
check(enum nhi_err (*strip)(struct nhi_span, struct nhi_buf *,
    struct nhi_why *), const char *old, const char *new)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_EDIT_MAX);
	struct nhi_why why = { "" };

	assert_int_equal(strip(nhi_span_str(old), &b, &why), NHI_OK);
	assert_string_equal(nhi_buf_text(&b), new);
}

static void
strips_nss(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(nss) / sizeof(nss[0]); i++)
		check(nhi_strip_nss, nss[i].old, nss[i].new);
}

static void
gives_nss_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(there_and_back) /
	    sizeof(there_and_back[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b =
		    NHI_BUF(NHI_EDIT_MAX);

		assert_int_equal(nhi_edit_nss(nhi_span_str(there_and_back[i]),
		    &b, NULL), NHI_OK);
		check(nhi_strip_nss, nhi_buf_text(&b), there_and_back[i]);
	}
}

static void
strips_pam(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pam) / sizeof(pam[0]); i++) {
		check(nhi_strip_pam, pam[i].old, pam[i].new);
		assert_false(nhi_strip_names_pam(nhi_span_str(pam[i].new)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strips_nss),
		cmocka_unit_test(gives_nss_back),
		cmocka_unit_test(strips_pam),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
