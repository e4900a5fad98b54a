/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each policy/NAME.conf beside this file, and what is said of it: every line
 * of policy/NAME.ok, no more and no less.  With an argument, print what is
 * said of that file.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/conf_world.h"

#define POLICIES	TOP_SRCDIR "/tests/unit/policy"
#define TEXT		(64U << 10)

/* Names of files in place of their paths, which differ from run to run. */
static void
put_short(const char *text, struct nhi_buf *b)
{
	static const char dir[] = POLICIES "/";
	const char *hit;

	while ((hit = strstr(text, dir)) != NULL) {
		nhi_buf_put(b, text, (size_t)(hit - text));
		text = hit + sizeof(dir) - 1;
	}
	nhi_buf_str(b, text);
}

static void
judge(const char *path, struct nhi_buf *said)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(TEXT);
	struct nhi_why why = { "" };
	enum nhi_err err;

	err = conf_check(path, &faults, &plan, &why);
	nhi_faults_format(&faults, &text);
	put_short(nhi_buf_text(&text), said);
	nhi_buf_printf(said, "%s\n", nhi_err_slug(err));
	assert_true((err == NHI_OK) == (plan != NULL));
}

static bool
compare(const char *name)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf ok = NHI_BUF(TEXT);
	struct nhi_why why = { "" };
	char path[1024];

	(void)snprintf(path, sizeof(path), POLICIES "/%s.conf", name);
	judge(path, &said);
	(void)snprintf(path, sizeof(path), POLICIES "/%s.ok", name);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &ok, &why) == NHI_OK &&
	    nhi_span_equal(nhi_buf_all(&said), nhi_buf_all(&ok)))
		return true;
	print_error("%s: said\n%sexpected\n%s", name, nhi_buf_text(&said),
	    nhi_buf_text(&ok));
	return false;
}

static void
test_policies(void **state)
{
	DIR *d = opendir(POLICIES);
	unsigned int n = 0, bad = 0;
	const struct dirent *e;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		char name[256];
		size_t k = strlen(e->d_name);

		if (k < 6 || strcmp(e->d_name + k - 5, ".conf") != 0)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)k - 5,
		    e->d_name);
		n++;
		bad += compare(name) ? 0 : 1;
	}
	(void)closedir(d);
	assert_int_equal(bad, 0);
	/* So that an empty directory is no success. */
	assert_true(n >= 50);
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policies),
		/* End of the tests */
	};
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(TEXT);

	if (argc == 2) {
		judge(argv[1], &said);
		return fputs(nhi_buf_text(&said), stdout) < 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
