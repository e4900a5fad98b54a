/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a trail that may hold anything, and showing it on a terminal. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "nhictl/row.h"
#include "tests/unit/temp_dir.h"

#define RECORD "{\"v\":1,\"id\":\"i\",\"time\":\"2025-11-22T03:04:05.678Z\"," \
	"\"event\":\"login.deny\",\"outcome\":\"deny\",\"reason\":\"hold\"," \
	"\"detail\":\"a\\u001b[31mb\",\"identity\":\"bot\"," \
	"\"account\":\"web\",\"source\":\"10.0.0.1\"}"

static void
append(const char *p, size_t n)
{
	int fd = open(temp_path(dir, "t"), O_WRONLY | O_CREAT | O_APPEND |
	    O_CLOEXEC, 0640);

	assert_int_equal(write(fd, p, n), n);
	(void)close(fd);
}

static void
expect(struct nhi_trail *t, size_t n, bool bad)
{
	struct nhi_span line;
	bool is_bad;

	assert_int_equal(nhi_trail_next(t, &line, &is_bad), 1);
	assert_int_equal(is_bad, bad);
	if (!bad)
		assert_int_equal(line.n, n);
}

static void
expect_end(struct nhi_trail *t)
{
	struct nhi_span line;
	bool bad;

	assert_int_equal(nhi_trail_next(t, &line, &bad), 0);
}

static void
test_lines(void **state)
{
	static struct nhi_trail t;
	static char big[200000];

	(void)state;
	memset(big, 'x', sizeof(big));
	append("one\n\n", 5);
	append(big, sizeof(big));
	append("\ntwo\na\0b\n", 9);
	append(big, 2048);
	append("\n", 1);
	append(big, 2049);
	append("\nthr", 4);
	assert_int_equal(nhi_trail_open(temp_path(dir, "t"), &t, NULL),
	    NHI_OK);
	expect(&t, 3, false);
	expect(&t, 0, false);
	expect(&t, 0, true);
	expect(&t, 3, false);
	expect(&t, 0, true);
	expect(&t, 2048, false);
	expect(&t, 0, true);
	expect_end(&t);
	/* The rest of a line comes later. */
	append("e", 1);
	expect_end(&t);
	append("e\n", 2);
	expect(&t, 5, false);
	expect_end(&t);
	nhi_trail_close(&t);
}

static const char *const no_records[] = {
	"", "{", "[]", "1", "null", "{}", RECORD "x", "{\"v\":1}",
	"{\"time\":1,\"event\":\"x\"}", "{\"time\":\"t\",\"event\":{}}",
	"{\"time\":\"t\",\"event\":\"e\",\"a\":[[[[[[[[1]]]]]]]]}",
	/* End of them */
};

static void
test_parse(void **state)
{
	struct nhi_trail_record r = { .json = NULL };
	size_t n = sizeof(no_records) / sizeof(no_records[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_false(nhi_trail_parse(nhi_span_str(no_records[i]), &r));
	assert_null(r.json);
	assert_true(nhi_trail_parse(nhi_span_str(RECORD), &r));
	assert_string_equal(r.account, "web");
	assert_string_equal(r.reason, "hold");
	nhi_trail_wipe(&r);
}

static bool
wanted(struct nhi_trail_filter f)
{
	struct nhi_trail_record r;
	bool yes;

	assert_true(nhi_trail_parse(nhi_span_str(RECORD), &r));
	yes = nhi_trail_wanted(&r, &f);
	nhi_trail_wipe(&r);
	return yes;
}

#define F	(struct nhi_trail_filter)

static void
test_filter(void **state)
{
	(void)state;
	assert_true(wanted(F{ .event = NULL }));
	assert_true(wanted(F{ .event = "login.deny" }));
	assert_true(wanted(F{ .event = "login" }));
	assert_false(wanted(F{ .event = "log" }));
	assert_false(wanted(F{ .event = "login.grant" }));
	assert_true(wanted(F{ .outcome = "deny", .account = "web" }));
	assert_false(wanted(F{ .outcome = "deny", .account = "we" }));
	assert_false(wanted(F{ .identity = "web" }));
	assert_true(wanted(F{ .id = "i" }));
	assert_true(wanted(F{ .since = "2025-11-22T03:04:05.678Z" }));
	assert_false(wanted(F{ .since = "2025-11-22T03:04:05.679Z" }));
	assert_true(wanted(F{ .until = "2025-11-22T03:04:05.679Z" }));
	assert_false(wanted(F{ .until = "2025-11-22T03:04:05.678Z" }));
	assert_true(nhi_trail_event_known("hold"));
	assert_false(nhi_trail_event_known("hol"));
}

static void
show(const struct nhi_row_style *style, const char *line, struct nhi_buf *b)
{
	struct nhi_trail_record r;

	assert_true(nhi_trail_parse(nhi_span_str(line), &r));
	nhi_row_put(&r, style, b);
	nhi_trail_wipe(&r);
}

static void
test_row(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);

	(void)state;
	show(&(struct nhi_row_style){ .width = 0 }, RECORD, &b);
	assert_string_equal(nhi_buf_text(&b), "2025-11-22 03:04:05  "
	    "login.deny     web             bot             "
	    "deny hold           10.0.0.1      a\\x1b[31mb\n");
}

/* No byte of a record reaches the terminal as a command, and lines end. */
static void
test_terminal(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(16384);
	const struct nhi_row_style style = { .width = 110 };
	struct nhi_span rest, line;
	char record[2048], text[700];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 7 == 6 && i < 400 ? ' ' : 'w';
	text[sizeof(text) - 1] = '\0';
	(void)snprintf(record, sizeof(record), "{\"time\":\"t\\u001b\","
	    "\"event\":\"\\u009b\",\"detail\":\"\\u202e%s\"}", text);
	show(&style, record, &b);
	for (size_t i = 0; i < b.n; i++)
		assert_true(b.p[i] == '\n' || (b.p[i] >= ' ' && b.p[i] <= '~'));
	rest = nhi_buf_all(&b);
	while (nhi_span_cut(&rest, '\n', &line) && rest.p != NULL) {
		assert_true(line.n <= 110);
		n++;
	}
	assert_in_range(n, 8, 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEMP_TEST(test_lines, temp_setup),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
