/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of options: order, wrapping, what may stand in them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/wire.h"
#include "tests/unit/ssh_util.h"

struct list {
	struct nhi_span wire;
	size_t n;		/* options; 99: refused */
};

#define NO	99

static void
lists(void **state)
{
	static const struct list all[] = {
		{ BYTES(""), 0 },
		{ BYTES("\0\0\0\1a\0\0\0\0"), 1 },
		{ BYTES("\0\0\0\1a\0\0\0\0\0\0\0\2ab\0\0\0\1x"), 2 },
		{ BYTES("\0\0\0\1B\0\0\0\0\0\0\0\1a\0\0\0\0"), 2 },
		{ BYTES("\0\0\0\1a"), NO },
		{ BYTES("\0\0\0\1a\0\0\0\1"), NO },
		{ BYTES("\0\0\0\1a\0\0\0\0z"), NO },
		{ BYTES("\0\0\0\0\0\0\0\0"), NO },
		{ BYTES("\0\0\0\1\n\0\0\0\0"), NO },
		{ BYTES("\0\0\0\1\0\0\0\0\0"), NO },
		{ BYTES("\0\0\0\1a\0\0\0\0\0\0\0\1a\0\0\0\0"), NO },
		{ BYTES("\0\0\0\2ab\0\0\0\0\0\0\0\1a\0\0\0\0"), NO },
		{ BYTES("\0\0\0\1b\0\0\0\0\0\0\0\1a\0\0\0\0"), NO },
		/* End of the lists */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct nhi_ssh_options o = { .n = 77 };
		enum nhi_err err = nhi_ssh_options_parse(all[i].wire, &o, NULL);

		if (all[i].n == NO ? err != NHI_ERR_CERT_OPTIONS || o.n != 77 :
		    err != NHI_OK || o.n != all[i].n)
			fail_msg("list %zu", i);
	}
}

static void
many(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
	struct nhi_ssh_options o;
	char name[3] = "a0";

	(void)state;
	for (size_t i = 0; i <= NHI_SSH_OPTIONS_MAX; i++) {
		assert_int_equal(nhi_ssh_options_parse(nhi_buf_all(&b), &o,
		    NULL), NHI_OK);
		assert_int_equal(o.n, i);
		name[1] = (char)('0' + i);
		nhi_ssh_option_put_flag(&b, name);
	}
	assert_int_equal(nhi_ssh_options_parse(nhi_buf_all(&b), &o, NULL),
	    NHI_ERR_CERT_OPTIONS);
}

static void
values(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	struct nhi_ssh_options o;
	struct nhi_span s;

	(void)state;
	nhi_ssh_option_put_flag(&b, "a");
	nhi_ssh_option_put(&b, "b", NHI_SPAN("value"));
	nhi_wire_put_str(&b, "c");
	nhi_wire_put(&b, NHI_SPAN("\0\0\0\1xy"));
	assert_int_equal(nhi_ssh_options_parse(nhi_buf_all(&b), &o, NULL),
	    NHI_OK);
	assert_true(nhi_ssh_option_find(&o, "a", &s));
	assert_int_equal(s.n, 0);
	assert_false(nhi_ssh_option_value(&o, "a", &s));
	assert_true(nhi_ssh_option_value(&o, "b", &s));
	assert_true(nhi_span_is(s, "value"));
	assert_true(nhi_ssh_option_find(&o, "c", &s));
	assert_false(nhi_ssh_option_value(&o, "c", &s));
	assert_false(nhi_ssh_option_find(&o, "d", &s));
}

static void
words(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);

	(void)state;
	assert_true(nhi_ssh_force_valid(NHI_SPAN("/bin/a 'b c'")));
	assert_false(nhi_ssh_force_valid(NHI_SPAN("")));
	assert_false(nhi_ssh_force_valid(NHI_SPAN("a\nb")));
	assert_false(nhi_ssh_force_valid(NHI_SPAN("a\0b")));
	assert_true(nhi_ssh_source_valid(NHI_SPAN("10.0.0.0/8,2001:dB8::/32")));
	assert_false(nhi_ssh_source_valid(NHI_SPAN("")));
	assert_false(nhi_ssh_source_valid(NHI_SPAN("10.0.0.0/8 ")));
	assert_false(nhi_ssh_source_valid(NHI_SPAN("!10.0.0.1")));
	assert_false(nhi_ssh_source_valid(NHI_SPAN("*")));
	assert_false(nhi_ssh_source_valid(NHI_SPAN("10.0.0.1\0")));
	for (size_t i = 0; i < NHI_SSH_FORCE_MAX; i++)
		nhi_buf_char(&b, '1');
	assert_true(nhi_ssh_force_valid(nhi_buf_all(&b)));
	nhi_buf_char(&b, '1');
	assert_false(nhi_ssh_force_valid(nhi_buf_all(&b)));
	assert_true(nhi_ssh_source_valid(nhi_buf_all(&b)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(many),
		cmocka_unit_test(values),
		cmocka_unit_test(words),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
