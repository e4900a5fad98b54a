/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/path.h"

static void
test_join(void **state)
{
	char out[NHI_PATH_SIZE];

	(void)state;
	assert_true(nhi_path_join(out, "/a", "/names/", NHI_SPAN("b")));
	assert_string_equal(out, "/a/names/b");
	assert_true(nhi_path_number(out, "/a", "/uid/", 0));
	assert_string_equal(out, "/a/uid/0");
	assert_true(nhi_path_number(out, "", "", UINT32_MAX));
	assert_string_equal(out, "4294967295");
}

/* Every length of each part, around the end of the buffer. */
static void
test_bounds(void **state)
{
	char long_text[2 * NHI_PATH_SIZE];
	/* On the heap, so that valgrind and ASan see a byte too many. */
	char *out = malloc(NHI_PATH_SIZE);

	(void)state;
	assert_non_null(out);
	for (size_t n = 0; n < sizeof(long_text); n++) {
		memset(long_text, 'x', sizeof(long_text));
		long_text[n] = '\0';
		for (size_t m = 0; m < 4; m++) {
			static const char *const tails[] = {
				"", "/", "ab", "abc" };
			size_t total = n + strlen(tails[m]);
			bool fits = total < NHI_PATH_SIZE;

			errno = 0;
			assert_int_equal(nhi_path_join(out, long_text,
			    tails[m], NHI_SPAN("")), fits);
			assert_int_equal(strlen(out), fits ? total : 0);
			assert_int_equal(errno, fits ? 0 : ENAMETOOLONG);
			assert_int_equal(nhi_path_join(out, tails[m],
			    long_text, NHI_SPAN("")), fits);
			assert_int_equal(nhi_path_join(out, "", tails[m],
			    (struct nhi_span){ long_text, n }), fits);
			assert_int_equal(strlen(out), fits ? total : 0);
		}
	}
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
