/* SPDX-License-Identifier: BSD-2-Clause */
/* PAM service files as libpam sees them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "nhictl/stack.h"
#include "tests/unit/temp_dir.h"

static struct nhi_stack stack;

static void
put(const char *name, const char *text)
{
	temp_write(temp_path(dir, name), text);
}

static enum nhi_err
load(const char *text)
{
	struct nhi_why why = { "" };

	put("service", text);
	return nhi_stack_load(dir, "service", &stack, &why);
}

/* "control module args" of the i-th line, or "". */
static const char *
line(const char *type, size_t i)
{
	static char text[512];
	const struct nhi_stack_line *l = nhi_stack_at(&stack, type, i);

	if (l == NULL)
		return "";
	(void)snprintf(text, sizeof(text), "%s %s %s", l->control, l->module,
	    l->args);
	return text;
}

static void
reads(void **state)
{
	(void)state;
	assert_int_equal(load("# account required pam_x.so\n\n"
	    "\t-Account  [success=1 default=ignore]\t/lib/pam_unix.so a  b\n"
	    "auth required pam_\\\nnhi.so # nhi\n"
	    "account required pam_nhi.so defer"), NHI_OK);
	assert_string_equal(line("account", 0),
	    "[success=1 default=ignore] pam_unix.so a  b");
	assert_string_equal(line("account", 1), "required pam_nhi.so defer");
	assert_string_equal(line("account", 2), "");
	assert_string_equal(line("auth", 0), "required pam_nhi.so ");
	assert_int_equal(nhi_stack_find(&stack, "account", "pam_nhi.so"), 1);
	assert_int_equal(nhi_stack_find(&stack, "auth", "pam_unix.so"), -1);
}

static void
includes(void **state)
{
	(void)state;
	put("common", "account required pam_a.so\nauth required pam_b.so\n");
	assert_int_equal(load("@include common\naccount required pam_c.so\n"),
	    NHI_OK);
	assert_string_equal(line("account", 0), "required pam_a.so ");
	assert_string_equal(line("account", 1), "required pam_c.so ");
	assert_string_equal(line("auth", 0), "required pam_b.so ");
	/* The other forms take the lines of one type. */
	assert_int_equal(load("auth include common\n"), NHI_OK);
	assert_string_equal(line("auth", 0), "required pam_b.so ");
	assert_string_equal(line("account", 0), "");
	assert_int_equal(load("account substack common\n"), NHI_OK);
	assert_string_equal(line("account", 0), "required pam_a.so ");
	assert_string_equal(line("auth", 0), "");
}

static void
refuses(void **state)
{
	struct nhi_why why = { "" };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf many = NHI_BUF(8192);

	(void)state;
	assert_int_not_equal(nhi_stack_load(dir, "none", &stack, &why),
	    NHI_OK);
	assert_int_not_equal(load("@include none\n"), NHI_OK);
	assert_int_not_equal(load("@include service\n"), NHI_OK);
	for (size_t i = 0; i < NHI_STACK_LINES; i++)
		nhi_buf_str(&many, "account required pam_x.so\n");
	assert_int_equal(load(nhi_buf_text(&many)), NHI_OK);
	nhi_buf_str(&many, "account required pam_x.so\n");
	assert_int_not_equal(load(nhi_buf_text(&many)), NHI_OK);
}

static void
ends(void **state)
{
	static const struct {
		const char *control;
		bool ends;
	} cases[] = {
		{ "sufficient", true }, { "Sufficient", true },
		{ "[success=done default=ignore]", true },
		{ "[default=done]", true },
		{ "required", false }, { "requisite", false },
		{ "optional", false },
		/* It skips what it counts, and new_authtok is no success. */
		{ "[success=1 new_authtok_reqd=done default=ignore]", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nhi_stack_line l = { .type = "account" };

		(void)snprintf(l.control, sizeof(l.control), "%s",
		    cases[i].control);
		assert_int_equal(nhi_stack_ends(&l), cases[i].ends);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(includes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
