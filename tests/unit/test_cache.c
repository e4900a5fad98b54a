/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands beside a key set: there and back, and when it is renewed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/cache.h"
#include "lib/base/file.h"

#define NOW	INT64_C(1800000000)

static const struct nhi_cache full = {
	.url = "https://idp.example.com",
	.from = "https://idp.example.com/keys?a=b c",
	.etag = "W/\"a b%\"",
	.modified = "Sun, 22 Nov 2026 05:50:19 GMT",
	.max_age = 3600, .keys = 3, .fetched = NOW, .next = NOW + 3600,
	.fault = NHI_ERR_FETCH_TLS, .fault_time = NOW + 7,
	.detail = "a \"sentence\"\nof two lines",
};

static void
test_there_and_back(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(8192);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf again = NHI_BUF(8192);
	struct nhi_cache c;
	struct nhi_why why = { "" };

	(void)state;
	nhi_cache_format(&full, &text);
	assert_int_equal(nhi_cache_parse(nhi_buf_all(&text), &c, &why),
	    NHI_OK);
	assert_string_equal(c.url, full.url);
	assert_string_equal(c.from, full.from);
	assert_string_equal(c.etag, full.etag);
	assert_string_equal(c.modified, full.modified);
	assert_string_equal(c.detail, full.detail);
	assert_int_equal(c.max_age, full.max_age);
	assert_int_equal(c.keys, full.keys);
	assert_int_equal(c.fetched, full.fetched);
	assert_int_equal(c.next, full.next);
	assert_int_equal(c.fault, full.fault);
	assert_int_equal(c.fault_time, full.fault_time);
	nhi_cache_format(&c, &again);
	assert_string_equal(nhi_buf_text(&again), nhi_buf_text(&text));
}

/* Each byte changed, and each length: never what was not written. */
static void
test_touched(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(8192);
	struct nhi_cache c;
	struct nhi_why why;

	(void)state;
	nhi_cache_format(&full, &text);
	for (size_t n = 0; n < text.n; n++)
		assert_int_equal(nhi_cache_parse((struct nhi_span){ text.p,
		    n }, &c, &why), NHI_ERR_STATE);
	for (size_t i = 0; i < text.n; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf again = NHI_BUF(8192);
		char was = text.p[i];

		text.p[i] = (char)(was ^ 1);
		if (nhi_cache_parse(nhi_buf_all(&text), &c, &why) == NHI_OK) {
			nhi_cache_format(&c, &again);
			assert_string_equal(nhi_buf_text(&again),
			    nhi_buf_text(&text));
		}
		text.p[i] = was;
	}
	nhi_buf_char(&text, '\n');
	assert_int_equal(nhi_cache_parse(nhi_buf_all(&text), &c, &why),
	    NHI_ERR_STATE);
}

static void
test_too_long(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(8192);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf url = NHI_BUF(8192);
	struct nhi_cache c;
	struct nhi_why why;

	(void)state;
	for (size_t i = 0; i <= NHI_CACHE_URL; i++)
		nhi_buf_char(&url, 'x');
	nhi_buf_printf(&text, "nhi-cache 1\nurl %s\n", nhi_buf_text(&url));
	nhi_buf_str(&text, "from %\netag %\nmodified %\nmax-age 0\nkeys 0\n"
	    "fetched 0\nnext 0\nfault ok\nfault-time 0\ndetail %\nend\n");
	assert_int_equal(nhi_cache_parse(nhi_buf_all(&text), &c, &why),
	    NHI_ERR_STATE);
}

static void
test_next(void **state)
{
	static const struct {
		int64_t max_age, stale, wait;
	} cases[] = {
		{ 0, 86400, 21600 },		/* a quarter of stale */
		{ 3600, 86400, 3600 },
		{ 0, 0, 21600 },
		{ 1, 86400, 300 },		/* no-store: not at once */
		{ 0, 60, 300 },
		{ 1 << 30, 30 * 86400, 21600 },
		{ 3600, 7200, 1800 },
		{ -5, 86400, 21600 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(nhi_cache_next(NOW, cases[i].max_age,
		    cases[i].stale) - NOW, cases[i].wait);
}

static void
test_due(void **state)
{
	struct nhi_cache c = { .next = NOW };

	(void)state;
	assert_false(nhi_cache_due(&c, NOW - 1));
	assert_true(nhi_cache_due(&c, NOW));
	/* The clock was set back by years. */
	assert_true(nhi_cache_due(&c, NOW - 86400));
}

static void
test_mark(void **state)
{
	char dir[] = "/tmp/nhi-cache-XXXXXX", jwks[64], lock[64];
	struct nhi_cache_mark mark;
	struct timespec times[2] = { { NOW, 0 }, { NOW, 0 } };
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(jwks, sizeof(jwks), "%s/a.json", dir);
	assert_true(nhi_cache_lock_path(jwks, lock, sizeof(lock)));
	nhi_cache_mark(jwks, NOW, &mark);
	assert_false(mark.under_way || nhi_cache_recent(&mark, NOW));
	fd = open(lock, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0 && write(fd, "+", 1) == 1);
	assert_int_equal(futimens(fd, times), 0);
	nhi_cache_mark(jwks, NOW + 5, &mark);
	assert_true(mark.under_way && nhi_cache_recent(&mark, NOW + 9));
	assert_false(nhi_cache_recent(&mark, NOW + 10));
	assert_false(nhi_cache_recent(&mark, NOW - 1));
	/* It was killed. */
	nhi_cache_mark(jwks, NOW + 60, &mark);
	assert_false(mark.under_way);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(futimens(fd, times), 0);
	nhi_cache_mark(jwks, NOW + 5, &mark);
	assert_false(mark.under_way);
	assert_true(nhi_cache_recent(&mark, NOW + 5));
	(void)close(fd);
	(void)unlink(lock);
	(void)rmdir(dir);
}

static void
test_path(void **state)
{
	char out[32];

	(void)state;
	assert_true(nhi_cache_path("/c/a.json", out, sizeof(out)));
	assert_string_equal(out, "/c/a.meta");
	assert_true(nhi_cache_path("/c/a.json.json", out, sizeof(out)));
	assert_string_equal(out, "/c/a.json.meta");
	assert_false(nhi_cache_path("/etc/nhi/jwks/a", out, sizeof(out)));
	assert_false(nhi_cache_path("/c/a.json", out, 9));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_touched),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
