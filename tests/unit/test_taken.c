/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/taken.h"
#include "tests/nss/world.h"

static enum nhi_err
load(const struct world *w, const char *text, struct nhi_taken *t)
{
	const char *path = world_path(w, "passwd");
	FILE *f = fopen(path, "w");
	struct nhi_why why;

	assert_non_null(f);
	assert_int_equal(fputs(text, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
	return nhi_taken_load(t, path, 65536, &why);
}

static void
test_lines(void **state)
{
	static const struct {
		const char *line;
		uint32_t uid;		/* 0: none */
	} rows[] = {
		{ "a:x:70000:1:::", 70000 },
		{ "a:x:70000", 70000 },
		{ "a:x:070000:1:::", 70000 },
		{ "a:x: 70000:1:::", 70000 },
		{ "a:x:+70000:1:::", 70000 },
		{ "a:x:70000x:1:::", 70000 },
		{ "a:x:4294967295:1:::", 4294967295 },
		{ "a:x:65536:1:::", 65536 },
		{ "a:x:65535:1:::", 0 },
		{ "a:x:4294967296:1:::", 0 },
		{ "a:x:99999999999999999999999:1:::", 0 },
		{ "a:x::1:::", 0 },
		{ "a:x:-1:1:::", 0 },
		{ "a:x", 0 },
		{ "+", 0 },
		{ "", 0 },
		{ ":::::::", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		NHI_AUTO(nhi_taken_wipe) struct nhi_taken t = { 0 };

		assert_int_equal(load(*state, rows[i].line, &t), NHI_OK);
		assert_int_equal(t.n, rows[i].uid == 0 ? 0 : 1);
		assert_true(t.loaded);
		if (rows[i].uid != 0)
			assert_true(nhi_taken_has(&t, rows[i].uid));
		assert_false(nhi_taken_has(&t, 71234));
	}
}

static void
test_many(void **state)
{
	NHI_AUTO(nhi_taken_wipe) struct nhi_taken t = { 0 };
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	for (unsigned int i = 1000; i > 0; i--)
		(void)fprintf(f, "u%u:x:%u:1::/:/bin/sh\n", i, 70000 + 2 * i);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(load(*state, text, &t), NHI_OK);
	free(text);
	assert_int_equal(load(*state, "late:x:70001:", &t), NHI_OK);
	assert_int_equal(t.n, 1001);
	for (uint32_t i = 70002; i <= 72000; i++)
		assert_int_equal(nhi_taken_has(&t, i), i % 2 == 0);
	assert_true(nhi_taken_has(&t, 70001));
}

static void
test_faults(void **state)
{
	const struct world *w = *state;
	NHI_AUTO(nhi_taken_wipe) struct nhi_taken t = { 0 };
	struct nhi_why why;

	assert_int_equal(nhi_taken_load(&t, world_path(w, "none"), 65536,
	    &why), NHI_OK);
	assert_int_equal(t.n, 0);
	assert_int_equal(nhi_taken_load(&t, w->uids, 65536, &why),
	    NHI_ERR_STATE);
	assert_int_equal(symlink("/etc/passwd", world_path(w, "link")), 0);
	assert_int_equal(nhi_taken_load(&t, world_path(w, "link"), 65536,
	    &why), NHI_ERR_STATE);
	assert_int_equal(load(w, "a:x:70000", &t), NHI_OK);
	assert_int_equal(truncate(world_path(w, "passwd"),
	    (off_t)NHI_TAKEN_FILE + 1), 0);
	assert_int_equal(nhi_taken_load(&t, world_path(w, "passwd"), 65536,
	    &why), NHI_ERR_STATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
