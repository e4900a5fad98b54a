/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading published state, as it should be and as it should not. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/base/policy.h"
#include "tests/unit/conf_world.h"
#include "tests/unit/temp_dir.h"

#define DIGEST	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER	"1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
put_file(const char *name, const char *text)
{
	conf_put(temp_path(dir, name), text);
}

static void
put_link(const char *name, const char *text)
{
	assert_int_equal(nhi_link_replace(AT_FDCWD, temp_path(dir, name),
	    text), 0);
}

static int
setup(void **state)
{
	static const char *const dirs[] = { "7", "7/names", "7/templates",
	    "7/rules" };

	(void)temp_setup(state);
	for (size_t i = 0; i < 4; i++)
		if (mkdir(temp_path(dir, dirs[i]), 0755) != 0)
			return -1;
	return 0;
}

static enum nhi_err
open_it(struct nhi_policy *p)
{
	struct nhi_why why = { "" };

	return nhi_policy_open(dir, p, &why);
}

static void
test_open(void **state)
{
	static const char *const wrong[] = { "../7", "07", "7/", "x",
	    "18446744073709551616", "7 " };
	struct nhi_policy p = { .path = "untouched" };

	(void)state;
	assert_int_equal(open_it(&p), NHI_ERR_POLICY_UNREADABLE);
	put_link("current", "7");
	assert_int_equal(open_it(&p), NHI_ERR_POLICY_UNREADABLE);
	assert_string_equal(p.path, "untouched");
	put_file("7/digest", DIGEST "\n");
	assert_int_equal(open_it(&p), NHI_OK);
	assert_string_equal(p.digest, DIGEST);
	assert_string_equal(p.generation, "7");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put_link("current", wrong[i]);
		assert_int_equal(open_it(&p), NHI_ERR_POLICY_INVALID);
	}
	put_link("current", "7");
}

static void
test_digest(void **state)
{
	static const char *const wrong[] = { "", DIGEST, DIGEST "\n\n",
	    DIGEST "0\n", "x" DIGEST "\n", "\n" };
	struct nhi_policy p;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put_file("7/digest", wrong[i]);
		assert_int_not_equal(open_it(&p), NHI_OK);
	}
	put_file("7/digest", DIGEST "\n");
	assert_int_equal(open_it(&p), NHI_OK);
}

#define RULES(digest)							\
	"nhi-rules 1 " digest "\n"					\
	"issuer a github https://x.example.com /k 1 60 900 0 900 0 "	\
	"86400 0 1 1 0 0\n"						\
	"audience b\n"							\
	"identity c o p bot % 1 0 900 0 0 0 0\n"			\
	"remove_home 1\n"						\
	"match 0 0 1 d e\n"						\
	"end\n"

static enum nhi_err
rules_of(const char *name)
{
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;
	struct nhi_why why = { "" };
	struct nhi_account a;
	struct nhi_policy p;

	assert_int_equal(open_it(&p), NHI_OK);
	return nhi_policy_rules(&p, name, &a, &rules, &why);
}

static void
test_rules(void **state)
{
	(void)state;
	put_link("7/names/bot", "/h/bot:/bin/sh:996");
	assert_int_equal(rules_of("bot"), NHI_ERR_POLICY_UNREADABLE);
	put_file("7/rules/bot", RULES(DIGEST));
	assert_int_equal(rules_of("bot"), NHI_OK);
	put_file("7/rules/bot", RULES(OTHER));
	assert_int_equal(rules_of("bot"), NHI_ERR_POLICY_INVALID);
	put_file("7/rules/bot", "nhi-rules 1 " DIGEST "\nend\n");
	assert_int_equal(rules_of("bot"), NHI_ERR_POLICY_INVALID);
	put_link("7/names/bot", "no colons");
	assert_int_equal(rules_of("bot"), NHI_ERR_POLICY_UNREADABLE);
	assert_int_equal(rules_of("other"), NHI_ERR_ACCOUNT_UNKNOWN);
	assert_int_equal(rules_of("../rules/bot"), NHI_ERR_ACCOUNT_UNKNOWN);
	assert_int_equal(rules_of(""), NHI_ERR_ACCOUNT_UNKNOWN);
	assert_int_equal(rules_of("root"), NHI_ERR_ACCOUNT_RESERVED);
	assert_int_equal(rules_of("nhi-x"), NHI_ERR_ACCOUNT_RESERVED);
}

/* A file that others may write is none of ours. */
static void
test_writable(void **state)
{
	char path[512];

	(void)state;
	put_link("7/names/bot", "/h/bot:/bin/sh:996");
	put_file("7/rules/bot", RULES(DIGEST));
	(void)snprintf(path, sizeof(path), "%s/7/rules/bot", dir);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(rules_of("bot"), NHI_ERR_POLICY_UNREADABLE);
}

static void
test_host(void **state)
{
	static const char good[] = "nhi-host 1\nid web-1\nlabels a=b c%20d\n"
	    "issuer 1 64 512\nissue_from 10.0.0.0/8\nsshd 1 0 0\n"
	    "retention 86400\nend\n";
	struct nhi_why why = { "" };
	struct nhi_policy p;
	struct nhi_host h = { 0 };

	(void)state;
	assert_int_equal(open_it(&p), NHI_OK);
	assert_int_equal(nhi_policy_host(&p, &h, &why),
	    NHI_ERR_POLICY_UNREADABLE);
	put_file("7/host", good);
	assert_int_equal(nhi_policy_host(&p, &h, &why), NHI_OK);
	assert_string_equal(h.id, "web-1");
	assert_string_equal(h.labels.p[1], "c d");
	assert_true(h.issues && h.permit_tty && !h.permit_forwarding);
	assert_false(h.direct);
	assert_int_equal(h.per_source, 64);
	assert_int_equal(h.total, 512);
	assert_int_equal(h.retention, 86400);
	assert_string_equal(h.issue_from.p[0], "10.0.0.0/8");
	nhi_host_wipe(&h);
}

/* Every shorter text, and every text with one byte changed or doubled. */
static void
test_host_hostile(void **state)
{
	static const char good[] = "nhi-host 1\nid a\nlabels b\n"
	    "issuer 1 6 7\nissue_from c\nsshd 1 0 0\nretention 8\nend\n";
	static const char *const direct[] = {
		"nhi-host 1\nid a\nlabels b\nissuer 1 6 7\nissue_from c\n"
		"sshd 1 0 0 0\nretention 8\nend\n",
		"nhi-host 1\nid a\nlabels b\nissuer 1 6 7\nissue_from c\n"
		"sshd 1 0 0 1 1\nretention 8\nend\n",
	};
	struct nhi_why why = { "" };
	struct nhi_host h = { 0 };
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(good) - 1; i++)
		assert_int_not_equal(nhi_host_parse((struct nhi_span){ good,
		    i }, &h, &why), NHI_OK);
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		memcpy(text, good, sizeof(good));
		text[i] = '\n';
		if (good[i] != '\n')
			assert_int_not_equal(nhi_host_parse(
			    nhi_span_str(text), &h, &why), NHI_OK);
		memcpy(text, good, i);
		memcpy(text + i + 1, good + i, sizeof(good) - i);
		text[i] = ' ';
		assert_int_not_equal(nhi_host_parse(nhi_span_str(text), &h,
		    &why), NHI_OK);
	}
	/* The word of the direct road is 1 or is not there. */
	for (size_t i = 0; i < sizeof(direct) / sizeof(direct[0]); i++)
		assert_int_not_equal(nhi_host_parse(nhi_span_str(direct[i]),
		    &h, &why), NHI_OK);
	assert_null(h.id);
}

static void
test_host_trip(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf a = NHI_BUF(4096);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	char *labels[] = { (char[]){ "x\ny %" }, (char[]){ "" } };
	char *from[] = { (char[]){ "::1" } };
	struct nhi_host h = { .id = (char[]){ "a b" }, .labels = { labels, 2 },
	    .issues = false, .per_source = 1, .total = UINT32_MAX,
	    .issue_from = { from, 1 }, .permit_forwarding = true,
	    .keyboard = true, .direct = true,
	    .retention = 5 };
	struct nhi_host back = { 0 };
	struct nhi_why why = { "" };

	(void)state;
	nhi_host_format(&h, &a);
	assert_int_equal(nhi_host_parse(nhi_buf_all(&a), &back, &why),
	    NHI_OK);
	nhi_host_format(&back, &b);
	assert_string_equal(nhi_buf_text(&a), nhi_buf_text(&b));
	assert_string_equal(back.labels.p[0], "x\ny %");
	assert_int_equal(back.total, UINT32_MAX);
	assert_true(back.direct);
	nhi_host_wipe(&back);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_writable),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_host_hostile),
		cmocka_unit_test(test_host_trip),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, setup, temp_teardown);
}
