/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of settings against its manual and against itself. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf/preset.h"
#include "conf/schema.h"
#include "conf/section.h"
#include "lib/base/file.h"

#define MANUAL	TOP_SRCDIR "/conf/nhi.conf.5"

static void
read_manual(struct nhi_buf *b)
{
	struct nhi_why why = { "" };

	if (nhi_file_read(AT_FDCWD, MANUAL, NHI_FILE_ANY, b, &why) != NHI_OK)
		fail_msg("%s", why.text);
}

static bool
has_item(const struct nhi_buf *manual, const char *name)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "\n.It Ic %s No = ", name);
	return strstr(nhi_buf_text(manual), line) != NULL;
}

static size_t
count_items(const struct nhi_buf *manual)
{
	size_t n = 0;

	for (const char *p = nhi_buf_text(manual);
	    (p = strstr(p, " No = ")) != NULL; p++)
		n++;
	return n;
}

static void
test_manual(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf manual = NHI_BUF(1U << 20);
	size_t n = 0;

	(void)state;
	read_manual(&manual);
	for (size_t i = 0; i < nhi_nsections; i++)
		for (size_t k = 0; k < nhi_sections[i].n; k++) {
			const char *name = nhi_sections[i].settings[k].name;

			n++;
			if (!has_item(&manual, name))
				fail_msg("nhi.conf(5) has no %s", name);
		}
	/* claim stands there in both of its forms. */
	assert_int_equal(count_items(&manual), n + 1);
}

static void
test_presets(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf manual = NHI_BUF(1U << 20);
	const struct nhi_preset *p;
	char line[128];

	(void)state;
	read_manual(&manual);
	for (size_t i = 0; (p = nhi_preset_each(i)) != NULL; i++) {
		(void)snprintf(line, sizeof(line), "\n.It Ic %s\n", p->name);
		if (strstr(nhi_buf_text(&manual), line) == NULL)
			fail_msg("nhi.conf(5) has no preset %s", p->name);
		assert_ptr_equal(nhi_preset_find(p->name), p);
		assert_int_equal(p->algs_default & ~p->algs, 0);
		assert_true(p->algs_default != 0 && p->max_lifetime > 0);
		assert_true(p->any_anchor || p->anchors[0] != NULL);
	}
	assert_null(nhi_preset_find("other"));
}

/* Each default is what the table itself would accept. */
static void
test_defaults(void **state)
{
	struct nhi_conf_top top = { 0 };
	struct nhi_conf_issuer issuer = { 0 };
	struct nhi_faults faults = { 0 };
	const struct nhi_section *s = nhi_schema_top();

	(void)state;
	nhi_section_defaults(s, &top, &faults);
	nhi_section_defaults(nhi_schema_inner(NHI_SET_ISSUERS), &issuer,
	    &faults);
	assert_int_equal(faults.errors, 0);
	assert_int_equal(top.grace, 15 * 60);
	assert_int_equal(top.jwks_stale, 24 * 60 * 60);
	assert_int_equal(top.retention, 90 * 24 * 60 * 60);
	assert_int_equal(top.issuer.per_source, 64);
	assert_int_equal(top.issuer.total, 512);
	assert_true(top.issuer.enabled);
	assert_false(top.sshd.permit_tty);
	assert_string_equal(top.home, NHI_HOMES_DIR "/");
	assert_string_equal(top.shell, "/bin/sh");
	assert_int_equal(issuer.skew, 60);
	assert_false(issuer.binding || issuer.reuse);
	nhi_schema_wipe(s, &top);
}

static void
test_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < nhi_nsections; i++)
		for (size_t k = 0; k < nhi_sections[i].n; k++)
			for (size_t m = 0; m < k; m++)
				assert_string_not_equal(
				    nhi_sections[i].settings[k].name,
				    nhi_sections[i].settings[m].name);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_presets),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_unique),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
