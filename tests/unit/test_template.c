/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "conf/template.h"

static const char text[] =
    "{\"id\":\"74\",\"run\":1001,\"neg\":-5,\"ref\":\"Feature/X_1\","
    "\"dash\":\"a-b\",\"long\":\"aaaaaaaaaabbbbbbbbbbccccccccccdddd\","
    "\"e\":\"\",\"t\":true,\"a\":[\"x\"],\"o\":{\"in\":\"deep\",\"b\":7},"
    "\"o/b\":\"flat\",\"x.y/z\":\"dotted\",\"uni\":\"\xc3\xa4\","
    "\"tail\":\"eleven-chars-abcdefghijklmnop\",\"d\":1.5,"
    "\"b1\":\"1-2\",\"b2\":\"3\",\"b3\":\"1\",\"b4\":\"2-3\"}";

/* Name, or the part before the tail; code. */
static const struct {
	const char *account;
	const char *name;
	enum nhi_err err;
} cases[] = {
	{ "web-deploy", "web-deploy", NHI_OK },
	{ "pr-{id}", "pr-74", NHI_OK },
	{ "pr-{id}-{run}", "pr-74-1001", NHI_OK },
	{ "pr-{id}-x", "pr-74-x", NHI_OK },
	{ "pr-{dash}", "pr-a-b", NHI_OK },
	{ "pr-{o/in}", "pr-deep", NHI_OK },
	{ "pr-{o/b}", "pr-flat", NHI_OK },
	{ "pr-{x.y/z}", "pr-dotted", NHI_OK },
	/* Other characters, too long, or not to be told apart. */
	{ "pr-{ref}", "pr-feature-x-1-", NHI_OK },
	{ "pr-{neg}", "pr--5", NHI_OK },
	{ "pr-{uni}", "pr---xxxxxxxxx-", NHI_OK },
	{ "pr-{long}", "pr-aaaaaaaaaab-", NHI_OK },
	{ "pr-{id}{run}", "pr-741001xxxxx-", NHI_OK },
	{ "pr-{id}x{run}", "pr-74x1001xxxx-", NHI_OK },
	{ "pr-{dash}-{id}", "pr-a-b-74xxxxx-", NHI_OK },
	{ "{tail}-x", "eleven-chars-abcdefghijklmnop-x", NHI_OK },
	{ "a-{tail}", "a-eleven-chars-", NHI_OK },
	{ "quite-a-long-literal-{ref}", "quite-a-long-l-", NHI_OK },
	/* Refused */
	{ "pr-{none}", NULL, NHI_ERR_CLAIM_MISSING },
	{ "pr-{e}", NULL, NHI_ERR_CLAIM_MISSING },
	{ "pr-{o/none}", NULL, NHI_ERR_CLAIM_MISSING },
	{ "pr-{o/in/x}", NULL, NHI_ERR_CLAIM_MISSING },
	{ "pr-{o.in}", NULL, NHI_ERR_CLAIM_MISSING },
	{ "pr-{t}", NULL, NHI_ERR_CLAIM_TYPE },
	{ "pr-{a}", NULL, NHI_ERR_CLAIM_TYPE },
	{ "pr-{o}", NULL, NHI_ERR_CLAIM_TYPE },
	{ "pr-{d}", NULL, NHI_ERR_CLAIM_TYPE },
	{ "pr-{", NULL, NHI_ERR_POLICY_INVALID },
	{ "pr-{}", NULL, NHI_ERR_POLICY_INVALID },
	{ "pr-{id", NULL, NHI_ERR_POLICY_INVALID },
	{ "{id}", NULL, NHI_ERR_POLICY_INVALID },
	{ "Web", NULL, NHI_ERR_POLICY_INVALID },
	{ "", NULL, NHI_ERR_POLICY_INVALID },
	/* End of the cases */
};

static struct nhi_value claims;

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[NHI_NAME_MAX + 1] = "untouched";
		struct nhi_why why = { "" };
		enum nhi_err err = nhi_template_expand(cases[i].account,
		    claims, name, &why);
		size_t n;

		print_message("%s: %s %s\n", cases[i].account, name,
		    why.text);
		assert_string_equal(nhi_err_slug(err),
		    nhi_err_slug(cases[i].err));
		if (err != NHI_OK) {
			assert_string_equal(name, "untouched");
			continue;
		}
		assert_true(nhi_name_valid(name));
		n = strlen(cases[i].name);
		if (cases[i].name[n - 1] != '-') {
			assert_string_equal(name, cases[i].name);
			continue;
		}
		assert_int_equal(n, NHI_NAME_MAX - NHI_NAME_TAIL + 1);
		assert_memory_equal(name, cases[i].name, n);
		assert_true(nhi_name_tailed(name));
	}
}

static void
expand(const char *account, const char *json, char *ret)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value v = { 0 };
	struct nhi_why why = { "" };

	if (nhi_json_parse(nhi_span_str(json), &v, &why) != NHI_OK ||
	    nhi_template_expand(account, v, ret, &why) != NHI_OK)
		fail_msg("%s", why.text);
}

/* Pairs of claims that a careless expansion gives one name. */
static void
test_distinct(void **state)
{
	static const struct {
		const char *account, *one, *two;
	} pairs[] = {
		{ "pr-{a}-{b}", "{\"a\":\"1-2\",\"b\":\"3\"}",
		    "{\"a\":\"1\",\"b\":\"2-3\"}" },
		{ "pr-{a}{b}", "{\"a\":\"1\",\"b\":\"23\"}",
		    "{\"a\":\"12\",\"b\":\"3\"}" },
		{ "pr-{a}x{b}", "{\"a\":\"1x2\",\"b\":\"3\"}",
		    "{\"a\":\"1\",\"b\":\"2x3\"}" },
		{ "pr-{a}", "{\"a\":\"A\"}", "{\"a\":\"a\"}" },
		{ "pr-{a}", "{\"a\":\"a/b\"}", "{\"a\":\"a-b\"}" },
		{ "pr-{a}", "{\"a\":\"a/b\"}", "{\"a\":\"a_b\"}" },
		{ "pr-{a}", "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1\"}",
		    "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2\"}" },
		{ "pr-{a}-{b}", "{\"a\":\"A\",\"b\":\"-A\"}",
		    "{\"a\":\"A-\",\"b\":\"A\"}" },
		/* End of the pairs */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char one[NHI_NAME_MAX + 1], two[NHI_NAME_MAX + 1];

		expand(pairs[i].account, pairs[i].one, one);
		expand(pairs[i].account, pairs[i].two, two);
		assert_string_not_equal(one, two);
	}
}

/* A claim that spells another's cut name does not get it. */
static void
test_forged_tail(void **state)
{
	char victim[NHI_NAME_MAX + 1], thief[NHI_NAME_MAX + 1], json[64];

	(void)state;
	expand("pr-{a}", "{\"a\":\"Victim\"}", victim);
	assert_true(nhi_name_tailed(victim));
	assert_true(strlen(victim) < sizeof(json) - 10);
	memcpy(json, "{\"a\":\"", 7);
	memcpy(json + 6, victim + 3, strlen(victim + 3));
	memcpy(json + 6 + strlen(victim + 3), "\"}", 3);
	expand("pr-{a}", json, thief);
	assert_string_not_equal(thief, victim);
}

/* The same claims have the same name for ever: a known one. */
static void
test_stable(void **state)
{
	char name[NHI_NAME_MAX + 1];

	(void)state;
	expand("pr-{a}-{b}", "{\"a\":\"Main\",\"b\":7}", name);
	assert_string_equal(name, "pr-main-7xxxxx-k4ppizoso4fwel67");
}

/* What is expanded fits the pattern that is published for the template. */
static void
test_fits(void **state)
{
	static const struct {
		const char *account, *pattern;
	} templates[] = {
		{ "pr-{id}-{run}", "pr-*-*" },
		{ "pr-{ref}", "pr-*" },
		{ "pr-{long}-{run}", "pr-*-*" },
		{ "pr-{dash}-{id}-x", "pr-*-*-x" },
		{ "quite-a-long-literal-{ref}", "quite-a-long-literal-*" },
		{ "web-deploy", "web-deploy" },
		/* End of the templates */
	};
	char name[NHI_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		assert_int_equal(nhi_template_expand(templates[i].account,
		    claims, name, NULL), NHI_OK);
		assert_true(nhi_name_fits(name, templates[i].pattern));
	}
	assert_false(nhi_name_fits(name, "web-deploy-*"));
	assert_false(nhi_name_fits("xr-aaaaaaaaaaa-abcdefghijklmnop",
	    "pr-*"));
	assert_false(nhi_name_fits("quite-a-longxx-abcdefghijklmnop",
	    "quite-a-long-literal-*"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_forged_tail),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_fits),
		/* End of the tests */
	};
	int failed;

	if (nhi_json_parse(NHI_SPAN(text), &claims, NULL) != NHI_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	nhi_json_wipe(&claims);
	return failed;
}
