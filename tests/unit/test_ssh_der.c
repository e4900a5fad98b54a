/* SPDX-License-Identifier: BSD-2-Clause */
/* DER elements: lengths in their one form. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/der.h"
#include "tests/unit/ssh_util.h"

static void
lengths(void **state)
{
	static const struct {
		size_t n;
		struct nhi_span head;
	} all[] = {
		{ 0, BYTES("\x04\x00") },
		{ 127, BYTES("\x04\x7f") },
		{ 128, BYTES("\x04\x81\x80") },
		{ 255, BYTES("\x04\x81\xff") },
		{ 256, BYTES("\x04\x82\x01\x00") },
		{ 65535, BYTES("\x04\x82\xff\xff") },
		/* End of the lengths */
	};
	static char zeros[65536];

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
		struct nhi_span in, content = { zeros, all[i].n };

		nhi_ssh_der_put(&b, NHI_SSH_DER_OCTETS, content);
		in = nhi_buf_all(&b);
		assert_int_equal(in.n, all[i].head.n + all[i].n);
		assert_memory_equal(in.p, all[i].head.p, all[i].head.n);
		assert_true(nhi_ssh_der_take(&in, NHI_SSH_DER_OCTETS,
		    &content));
		assert_int_equal(content.n, all[i].n);
		assert_int_equal(in.n, 0);
	}
}

static void
too_long(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
	static char zeros[65536];

	(void)state;
	nhi_ssh_der_put(&b, NHI_SSH_DER_OCTETS,
	    (struct nhi_span){ zeros, sizeof(zeros) });
	assert_int_equal(b.err, NHI_ERR_TOO_LARGE);
}

static void
refused(void **state)
{
	static const struct nhi_span bad[] = {
		BYTES(""), BYTES("\x04"), BYTES("\x04\x01"),
		BYTES("\x02\x01x"),			/* another tag */
		BYTES("\x04\x80x"),			/* no length */
		BYTES("\x04\x81\x01x"), BYTES("\x04\x82\0\x01x"),
		BYTES("\x04\x83\0\0\x01x"), BYTES("\x04\x84\0\0\0\x01x"),
		BYTES("\x04\x82\x00\x80"
		    "0123456789012345678901234567890123456789012345678901234567"
		    "0123456789012345678901234567890123456789012345678901234567"
		    "0123456789012345"),
		/* End of the bad ones */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct nhi_span in = bad[i], content;

		if (nhi_ssh_der_take(&in, NHI_SSH_DER_OCTETS, &content))
			fail_msg("taken: %zu", i);
		assert_ptr_equal(in.p, bad[i].p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(too_long),
		cmocka_unit_test(refused),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
