/* SPDX-License-Identifier: BSD-2-Clause */
/* The examples of RFC 4251 5, and what is not one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/wire.h"
#include "tests/unit/ssh_util.h"

static const struct {
	struct nhi_span magnitude, wire;
} mpints[] = {
	{ BYTES("\x09\xa3\x78\xf9\xb2\xe3\x32\xa7"),
	    BYTES("\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7") },
	{ BYTES("\x80"), BYTES("\0\0\0\x02\x00\x80") },
	{ BYTES("\0\0\x7f"), BYTES("\0\0\0\x01\x7f") },
	{ BYTES("\0\xff"), BYTES("\0\0\0\x02\0\xff") },
	/* End of the good ones */
};

static void
mpint(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mpints) / sizeof(mpints[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(64);
		struct nhi_span in, v;

		nhi_wire_put_mpint(&out, mpints[i].magnitude);
		in = nhi_buf_all(&out);
		assert_true(nhi_span_equal(in, mpints[i].wire));
		assert_true(nhi_wire_mpint(&in, &v));
		assert_int_equal(in.n, 0);
		assert_int_equal(v.n, mpints[i].wire.n - 4);
	}
}

static void
mpint_refused(void **state)
{
	static const struct nhi_span bad[] = {
		BYTES("\0\0\0\0"),			/* zero */
		BYTES("\0\0\0\x01\0"),		/* zero, and long */
		BYTES("\0\0\0\x02\0\x7f"),		/* not minimal */
		BYTES("\0\0\0\x03\0\0\x80"),
		BYTES("\0\0\0\x01\x80"),		/* negative */
		BYTES("\0\0\0\x02\xff\x21"),
		BYTES("\0\0\0\x02\x01"),		/* cut */
		BYTES("\0\0\0"),
		/* End of the bad ones */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct nhi_span in = bad[i], v;

		assert_false(nhi_wire_mpint(&in, &v));
		assert_ptr_equal(in.p, bad[i].p);
	}
}

static void
bits(void **state)
{
	(void)state;
	assert_int_equal(nhi_wire_bits(NHI_SPAN("")), 0);
	assert_int_equal(nhi_wire_bits(NHI_SPAN("\0")), 0);
	assert_int_equal(nhi_wire_bits(NHI_SPAN("\x01")), 1);
	assert_int_equal(nhi_wire_bits(NHI_SPAN("\0\x80")), 8);
	assert_int_equal(nhi_wire_bits(NHI_SPAN("\x01\0\x01")), 17);
}

static void
string(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(64);
	struct nhi_span in = NHI_SPAN("\xff\xff\xff\xff" "abc"), s;

	(void)state;
	assert_false(nhi_wire_string(&in, &s));
	assert_int_equal(in.n, 7);
	nhi_wire_put_str(&out, "testing");
	nhi_wire_put(&out, NHI_SPAN(""));
	in = nhi_buf_all(&out);
	assert_int_equal(in.n, 15);
	assert_memory_equal(in.p, "\0\0\0\x07testing\0\0\0", 15);
	assert_true(nhi_wire_string(&in, &s));
	assert_true(nhi_span_is(s, "testing"));
	assert_true(nhi_wire_string(&in, &s));
	assert_int_equal(s.n, 0);
	assert_false(nhi_wire_string(&in, &s));
}

static void
printable(void **state)
{
	(void)state;
	assert_true(nhi_wire_printable(NHI_SPAN("")));
	assert_true(nhi_wire_printable(NHI_SPAN(" ~")));
	assert_false(nhi_wire_printable(NHI_SPAN("a\0")));
	assert_false(nhi_wire_printable(NHI_SPAN("\x1f")));
	assert_false(nhi_wire_printable(NHI_SPAN("\x7f")));
	assert_false(nhi_wire_printable(NHI_SPAN("\x80")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mpint),
		cmocka_unit_test(mpint_refused),
		cmocka_unit_test(bits),
		cmocka_unit_test(string),
		cmocka_unit_test(printable),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
