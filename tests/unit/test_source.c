/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/source.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
test_connection(void **state)
{
	static const char *const cases[][2] = {
		{ "192.0.2.7 40000 192.0.2.1 22", "192.0.2.7" },
		{ "::ffff:192.0.2.7 40000 ::1 22", "192.0.2.7" },
		{ "2001:DB8:0:0::1 1 ::1 22", "2001:db8::1" },
		{ "fe80::1%eth0 1 fe80::2%eth0 22", "fe80::1" },
		{ "192.0.2.7", NULL },
		{ "", NULL },
		{ " 192.0.2.7 1 2 3", NULL },
		{ "ptr.example.com 1 2 3", NULL },
		{ "0300.0.0.1 1 2 3", NULL },
		{ "10.1 1 2 3", NULL },
		{ "UNKNOWN 65535 UNKNOWN 65535", NULL },
	};
	char out[NHI_SOURCE_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool r = nhi_source_from_connection(cases[i][0], out);

		assert_int_equal(r, cases[i][1] != NULL);
		if (r)
			assert_string_equal(out, cases[i][1]);
	}
}

static void
test_key(void **state)
{
	static const char *const cases[][2] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
		{ "2001:db8:1:2::", "2001:db8:1:2::" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "example.com", NULL },
		{ "", NULL },
	};
	char out[NHI_SOURCE_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool r = nhi_source_key(cases[i][0], out);

		assert_int_equal(r, cases[i][1] != NULL);
		if (r)
			assert_string_equal(out, cases[i][1]);
	}
}

static void
test_cidr(void **state)
{
	static const char *const good[] = {
		"10.0.0.0/8", "0.0.0.0/0", "192.0.2.1", "192.0.2.1/32",
		"10.128.0.0/9", "::/0", "2001:db8::/32", "::1", "::1/128",
		"2001:db8:8000::/33",
	};
	static const char *const bad[] = {
		"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8",
		"10.192.0.0/9", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0/8",
		"::1/127", "::/129", "::ffff:10.0.0.0/104", "a.example.com",
		" 10.0.0.0/8", "10.0.0.0/8 ", "10.0.0.0/-1", "fe80::1%lo/64",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!nhi_source_cidr_valid(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (nhi_source_cidr_valid(bad[i]))
			fail_msg("%s", bad[i]);
	assert_true(nhi_source_cidr_host("10.0.0.1/8"));
	assert_true(nhi_source_cidr_host("2001:db8::1/32"));
	assert_false(nhi_source_cidr_host("10.0.0.0/8"));
	assert_false(nhi_source_cidr_host("10.0.0.1/33"));
	assert_false(nhi_source_cidr_host("example.com"));
	assert_true(nhi_source_cidr_local("fe80::/10"));
	assert_true(nhi_source_cidr_local("febf::1"));
	assert_false(nhi_source_cidr_local("fe80::/9"));
	assert_false(nhi_source_cidr_local("fec0::/10"));
	assert_false(nhi_source_cidr_local("::/0"));
	assert_false(nhi_source_cidr_local("254.128.0.0/16"));
}

static bool
in(const char *address, const char *cidr)
{
	char text[64];
	char *p = text;
	const struct nhi_list l = { &p, 1 };

	(void)snprintf(text, sizeof(text), "%s", cidr);
	return nhi_source_in(address, &l);
}

static void
test_in(void **state)
{
	const struct nhi_list none = { NULL, 0 };

	(void)state;
	assert_true(nhi_source_in("192.0.2.1", &none));
	assert_true(nhi_source_in(NULL, &none));
	assert_false(nhi_source_in(NULL, &(struct nhi_list){
	    &(char *){ NULL }, 1 }));
	assert_true(in("10.1.2.3", "10.0.0.0/8"));
	assert_true(in("::ffff:10.1.2.3", "10.0.0.0/8"));
	assert_false(in("11.1.2.3", "10.0.0.0/8"));
	assert_true(in("10.127.255.255", "10.0.0.0/9"));
	assert_false(in("10.128.0.0", "10.0.0.0/9"));
	assert_true(in("1.2.3.4", "0.0.0.0/0"));
	assert_false(in("::1", "0.0.0.0/0"));
	assert_false(in("1.2.3.4", "::/0"));
	assert_true(in("2001:db8:ffff::1", "2001:db8::/32"));
	assert_false(in("2001:db9::1", "2001:db8::/32"));
	assert_false(in("not an address", "0.0.0.0/0"));
	assert_true(in("192.0.2.1", "192.0.2.1"));
	assert_false(in("192.0.2.2", "192.0.2.1"));
}

static void
test_window_valid(void **state)
{
	static const char *const good[] = {
		"mon 08:00-18:00", "mon-fri 08:00-18:00", "daily 22:00-02:00",
		"sat 00:00-24:00", "fri-mon 00:00-00:01", "sun 23:59-24:00",
	};
	static const char *const bad[] = {
		"", "mon", "mon ", "mon 8:00-9:00", "mon 08:00", "08:00-09:00",
		"mon 08:00-08:00", "mon 24:00-01:00", "mon 08:60-09:00",
		"mon 08:00-24:01", "Mon 08:00-09:00", "mon,tue 08:00-09:00",
		"mon- 08:00-09:00", "mon-fri-sat 08:00-09:00",
		"mon  08:00-09:00", "mon 08:00-09:00 ", "mon 08:00-09:00-10:00",
		"daily-mon 08:00-09:00", "mon -1:00-09:00",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!nhi_window_valid(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (nhi_window_valid(bad[i]))
			fail_msg("%s", bad[i]);
}

/* Monday 23 November 2026, 00:00 UTC, and days and minutes after it. */
static int64_t
at(int day, int hour, int minute)
{
	return 1795392000 + ((day * 24 + hour) * 60 + minute) * 60;
}

static bool
open_at(const char *window, int64_t now)
{
	char text[64];
	char *p = text;
	const struct nhi_list l = { &p, 1 };

	(void)snprintf(text, sizeof(text), "%s", window);
	return nhi_window_open(&l, now);
}

static void
test_window_open(void **state)
{
	(void)state;
	assert_true(nhi_window_open(&(struct nhi_list){ NULL, 0 }, 0));
	assert_false(open_at("mon-fri 08:00-18:00", at(0, 7, 59)));
	assert_true(open_at("mon-fri 08:00-18:00", at(0, 8, 0)));
	assert_true(open_at("mon-fri 08:00-18:00", at(4, 17, 59)));
	assert_false(open_at("mon-fri 08:00-18:00", at(4, 18, 0)));
	assert_false(open_at("mon-fri 08:00-18:00", at(5, 12, 0)));
	assert_true(open_at("sat 00:00-24:00", at(5, 0, 0)));
	assert_true(open_at("sat 00:00-24:00", at(5, 23, 59)));
	assert_false(open_at("sat 00:00-24:00", at(6, 0, 0)));
	/* Over midnight, over the end of the week, days over the end. */
	assert_true(open_at("daily 22:00-02:00", at(2, 23, 0)));
	assert_true(open_at("daily 22:00-02:00", at(2, 1, 59)));
	assert_false(open_at("daily 22:00-02:00", at(2, 2, 0)));
	assert_true(open_at("sun 22:00-02:00", at(7, 1, 0)));
	assert_false(open_at("sun 22:00-02:00", at(6, 1, 0)));
	assert_true(open_at("sat-mon 08:00-09:00", at(0, 8, 30)));
	assert_false(open_at("sat-mon 08:00-09:00", at(1, 8, 30)));
	assert_false(open_at("daily 00:00-24:00", -1));
	/* One that is not valid opens nothing. */
	assert_false(open_at("always", at(0, 0, 0)));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_cidr),
		cmocka_unit_test(test_in),
		cmocka_unit_test(test_window_valid),
		cmocka_unit_test(test_window_open),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
