/* SPDX-License-Identifier: BSD-2-Clause */
/* pam_nhi's lines in a service file: text in, text out. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/base/file.h"
#include "nhictl/edit.h"
#include "nhictl/edit_pam.h"

#define BLOCK(line)	NHI_EDIT_BEGIN "\n" line "\n" NHI_EDIT_END "\n"
#define ACCOUNT		BLOCK("account    required     pam_nhi.so defer")
#define SESSION		BLOCK("session    requisite    pam_nhi.so")

static const struct {
	const char *old, *new;	/* new NULL: refused */
} cases[] = {
	{ "", ACCOUNT SESSION },
	{ "auth required a.so\naccount required b.so\nsession required c.so\n",
	    "auth required a.so\n" ACCOUNT "account required b.so\n" SESSION
	    "session required c.so\n" },
	/* Included files count for what they hold. */
	{ "@include only-auth\n@include only-account\n@include only-session\n",
	    "@include only-auth\n" ACCOUNT "@include only-account\n" SESSION
	    "@include only-session\n" },
	{ "@include nested\naccount required a.so\nsession optional b.so\n",
	    ACCOUNT "@include nested\naccount required a.so\n" SESSION
	    "session optional b.so\n" },
	/* One that cannot be read may hold anything, as may one in a ring. */
	{ "@include missing\n", ACCOUNT SESSION "@include missing\n" },
	{ "@include ring\n", ACCOUNT SESSION "@include ring\n" },
	/* Spellings of a type. */
	{ "-session optional a.so\n Account required b.so\n",
	    SESSION "-session optional a.so\n" ACCOUNT
	    " Account required b.so\n" },
	{ "session\trequired a.so\n", SESSION "session\trequired a.so\n"
	    ACCOUNT },
	/* Not lines of a type: comments, what continues, longer words. */
	{ "# session required x.so\nauth required a.so \\\nsession x\n"
	    "sessions y\nsession required b.so\naccount required c.so\n",
	    "# session required x.so\nauth required a.so \\\nsession x\n"
	    "sessions y\n" SESSION "session required b.so\n" ACCOUNT
	    "account required c.so\n" },
	/* Blocks that are in the wrong place are moved. */
	{ "account required a.so\nsession sufficient b.so\n" ACCOUNT SESSION,
	    ACCOUNT "account required a.so\n" SESSION
	    "session sufficient b.so\n" },
	/* A road of its own for auth is not ours to judge. */
	{ "auth sufficient pam_nhi.so\naccount required a.so\n"
	    "session required b.so\n",
	    "auth sufficient pam_nhi.so\n" ACCOUNT "account required a.so\n"
	    SESSION "session required b.so\n" },
	{ "account required pam_nhi.so\n", NULL },
	{ "-session optional pam_nhi.so\n", NULL },
	{ NHI_EDIT_BEGIN "\naccount required a.so\n", NULL },
};

static const struct {
	const char *name, *text;
} files[] = {
	{ "only-auth", "auth required a.so\n# account x\n" },
	{ "only-account", "account required a.so\n" },
	{ "only-session", "session required a.so\n" },
	{ "nested", "auth required a.so\n@include only-account\n" },
	{ "ring", "@include ring\n" },
};

static char dir_name[] = "/tmp/test_edit_pam.XXXXXX";
static int dir = -1;

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir_name) == NULL ||
	    (dir = open(dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (nhi_file_replace(dir, files[i].name, 0644,
		    nhi_span_str(files[i].text), NULL) != NHI_OK)
			return -1;
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlinkat(dir, files[i].name, 0);
	nhi_fd_close(&dir);
	return rmdir(dir_name);
}

static void
check(const char *old, const char *new)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_EDIT_MAX);
	struct nhi_why why = { "" };
	enum nhi_err err = nhi_edit_pam(dir, nhi_span_str(old), &b, &why);

	if (new == NULL) {
		assert_int_equal(err, NHI_ERR_HOST);
		return;
	}
	assert_int_equal(err, NHI_OK);
	assert_string_equal(nhi_buf_text(&b), new);
}

static void
edits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].old, cases[i].new);
}

static void
twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].new != NULL)
			check(cases[i].new, cases[i].new);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits),
		cmocka_unit_test(twice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
