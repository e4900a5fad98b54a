/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "conf/match.h"
#include "lib/base/rules.h"

static const char text[] =
    "{\"s\":\"refs/heads/main\",\"n\":74,\"ns\":\"74\",\"t\":true,"
    "\"ts\":\"true\",\"z\":null,\"d\":74.0,\"a\":[\"refs/heads/main\"],"
    "\"e\":\"\",\"u\":\"\xc3\xa4\xe2\x82\xac\",\"neg\":-5,\"o\":{\"in\":"
    "{\"uid\":\"x-1\"}},\"o.in\":\"dotted\",\"big\":9223372036854775808,"
    "\"star\":\"a*b\",\"over\":\"aaabababac\"}";

#define S	NHI_TYPE_STRING
#define I	NHI_TYPE_INTEGER
#define B	NHI_TYPE_BOOLEAN

/* Words parted by '|'. */
static const struct {
	const char *path;
	enum nhi_op op;
	enum nhi_type type;
	const char *values;
	bool holds;
} cases[] = {
	{ "s", NHI_OP_IS, S, "refs/heads/main", true },
	{ "s", NHI_OP_IS, S, "refs/heads/mai", false },
	{ "s", NHI_OP_IS, S, "refs/heads/main2", false },
	{ "s", NHI_OP_IS, S, "Refs/heads/main", false },
	{ "s", NHI_OP_IS, S, "refs/*", false },
	{ "S", NHI_OP_IS, S, "refs/heads/main", false },
	{ "s", NHI_OP_IN, S, "a|refs/heads/main|b", true },
	{ "s", NHI_OP_IN, S, "a|b", false },
	{ "s", NHI_OP_PREFIX, S, "refs/heads/", true },
	{ "s", NHI_OP_PREFIX, S, "refs/heads/main", true },
	{ "s", NHI_OP_PREFIX, S, "refs/heads/main/", false },
	{ "s", NHI_OP_PREFIX, S, "heads/", false },
	{ "s", NHI_OP_PREFIX, S, "x|refs/", true },
	{ "e", NHI_OP_IS, S, "", true },
	{ "none", NHI_OP_IS, S, "", false },
	{ "none", NHI_OP_GLOB, S, "*", false },
	/* The type is part of the value. */
	{ "n", NHI_OP_IS, I, "74", true },
	{ "n", NHI_OP_IS, S, "74", false },
	{ "ns", NHI_OP_IS, I, "74", false },
	{ "ns", NHI_OP_IS, S, "74", true },
	{ "n", NHI_OP_IN, I, "7|74", true },
	{ "n", NHI_OP_IS, I, "074", false },
	{ "n", NHI_OP_PREFIX, I, "7", false },
	{ "n", NHI_OP_GLOB, I, "*", false },
	{ "n", NHI_OP_GLOB, S, "*", false },
	{ "d", NHI_OP_IS, I, "74", false },
	{ "d", NHI_OP_IS, S, "74.0", false },
	{ "neg", NHI_OP_IS, I, "-5", true },
	{ "big", NHI_OP_IS, I, "9223372036854775808", false },
	{ "big", NHI_OP_IS, I, "9223372036854775807", false },
	{ "t", NHI_OP_IS, B, "true", true },
	{ "t", NHI_OP_IS, B, "false", false },
	{ "t", NHI_OP_IS, S, "true", false },
	{ "ts", NHI_OP_IS, B, "true", false },
	{ "z", NHI_OP_IS, S, "", false },
	{ "z", NHI_OP_IS, S, "null", false },
	{ "a", NHI_OP_IS, S, "refs/heads/main", false },
	{ "a", NHI_OP_GLOB, S, "*", false },
	{ "o", NHI_OP_GLOB, S, "*", false },
	/* Paths */
	{ "o|in|uid", NHI_OP_IS, S, "x-1", true },
	{ "o.in", NHI_OP_IS, S, "dotted", true },
	{ "o|in", NHI_OP_IS, S, "dotted", false },
	{ "o|in|uid|x", NHI_OP_IS, S, "x-1", false },
	{ "s|in", NHI_OP_IS, S, "x", false },
	/* Globs */
	{ "s", NHI_OP_GLOB, S, "*", true },
	{ "s", NHI_OP_GLOB, S, "refs/heads/main", true },
	{ "s", NHI_OP_GLOB, S, "refs/*/main", true },
	{ "s", NHI_OP_GLOB, S, "*main", true },
	{ "s", NHI_OP_GLOB, S, "*heads*", true },
	{ "s", NHI_OP_GLOB, S, "refs/heads/ma??", true },
	{ "s", NHI_OP_GLOB, S, "refs/heads/main?", false },
	{ "s", NHI_OP_GLOB, S, "refs/heads/main*", true },
	{ "s", NHI_OP_GLOB, S, "*refs/heads/mai", false },
	{ "s", NHI_OP_GLOB, S, "heads*", false },
	{ "s", NHI_OP_GLOB, S, "*heads", false },
	{ "s", NHI_OP_GLOB, S, "r**/?*n", true },
	{ "s", NHI_OP_GLOB, S, "", false },
	{ "s", NHI_OP_GLOB, S, "[r]efs*", false },
	{ "s", NHI_OP_GLOB, S, "x|*main", true },
	{ "over", NHI_OP_GLOB, S, "*aab*", true },
	{ "over", NHI_OP_GLOB, S, "*abac", true },
	{ "over", NHI_OP_GLOB, S, "*aab*abac", true },
	{ "over", NHI_OP_GLOB, S, "a*b?ab*bac", false },
	{ "e", NHI_OP_GLOB, S, "*", true },
	{ "e", NHI_OP_GLOB, S, "", true },
	{ "e", NHI_OP_GLOB, S, "?", false },
	{ "u", NHI_OP_GLOB, S, "??", true },
	{ "u", NHI_OP_GLOB, S, "?", false },
	{ "u", NHI_OP_GLOB, S, "?????", false },
	{ "u", NHI_OP_GLOB, S, "*\xe2\x82\xac", true },
	{ "star", NHI_OP_IS, S, "a*b", true },
	{ "s", NHI_OP_IN, S, "*", false },
	/* End of the cases */
};

static struct nhi_value claims;

static void
fill(struct nhi_list *l, const char *words)
{
	struct nhi_span rest = nhi_span_str(words), word;

	while (nhi_span_cut(&rest, '|', &word))
		assert_int_equal(nhi_list_add(l, word), NHI_OK);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_match_wipe) struct nhi_match m = {
			.op = cases[i].op, .type = cases[i].type,
		};
		struct nhi_why why = { "" };
		enum nhi_err err;

		fill(&m.claim, cases[i].path);
		fill(&m.values, cases[i].values);
		err = nhi_match_check(&m, claims, &why);
		if (err != (cases[i].holds ? NHI_OK : NHI_ERR_NO_MATCH))
			fail_msg("%s %d %s: %s %s", cases[i].path,
			    (int)cases[i].op, cases[i].values,
			    nhi_err_slug(err), why.text);
		if (!cases[i].holds && strchr(cases[i].path, '|') == NULL)
			assert_non_null(strstr(why.text, cases[i].path));
	}
}

/* Stars that could be tried in exponentially many ways. */
static void
test_hostile_glob(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1 << 16);
	NHI_AUTO(nhi_json_wipe) struct nhi_value v = { 0 };
	NHI_AUTO(nhi_match_wipe) struct nhi_match m = { .op = NHI_OP_GLOB };
	clock_t start = clock();

	(void)state;
	nhi_buf_str(&b, "{\"s\":\"");
	while (b.n < 40000)
		nhi_buf_char(&b, 'a');
	nhi_buf_str(&b, "\"}");
	assert_int_equal(nhi_json_parse(nhi_buf_all(&b), &v, NULL), NHI_OK);
	fill(&m.claim, "s");
	fill(&m.values, "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab");
	assert_int_equal(nhi_match_check(&m, v, NULL), NHI_ERR_NO_MATCH);
	assert_true(clock() - start < CLOCKS_PER_SEC);
}

/*
 * Issuer, account, path, value of each identity; what must match whom.
 */
struct rule {
	size_t issuer;
	const char *account;
	const char *path;
	const char *value;
};

static enum nhi_err
match(const struct rule *list, size_t n, const char *account, size_t *ret,
    struct nhi_why *why)
{
	struct nhi_rules *rules = test_calloc(1, sizeof(*rules));
	const struct nhi_match_query query = { 1, claims, account };
	enum nhi_err err;

	rules->identities = test_calloc(n + 1, sizeof(*rules->identities));
	rules->nidentities = n;
	for (size_t i = 0; i < n; i++) {
		struct nhi_identity *id = &rules->identities[i];

		id->name = strdup("identity");
		id->account = strdup(list[i].account);
		id->issuer = list[i].issuer;
		id->matches = calloc(1, sizeof(*id->matches));
		assert_non_null(id->matches);
		id->nmatches = list[i].path == NULL ? 0 : 1;
		if (id->nmatches == 0)
			continue;
		fill(&id->matches[0].claim, list[i].path);
		fill(&id->matches[0].values, list[i].value);
	}
	err = nhi_rules_match(rules, &query, ret, why);
	for (size_t i = 0; i < n; i++)
		nhi_identity_wipe(&rules->identities[i]);
	test_free(rules->identities);
	test_free(rules);
	return err;
}

#define MATCH(list, account)						\
	match(list, sizeof(list) / sizeof(list[0]), account, &index, &why)

static void
test_rules(void **state)
{
	static const struct rule one[] = {
		{ 0, "web", "s", "refs/heads/main" },
		{ 1, "web", "s", "refs/heads/next" },
		{ 1, "web", "s", "refs/heads/main" },
		{ 1, "db", "s", "refs/heads/main" },
	}, two[] = {
		{ 1, "web", "s", "refs/heads/main" },
		{ 1, "web", "ns", "74" },
	}, template[] = {
		{ 1, "pr-{none}", "ns", "74" },
		{ 1, "pr-{ns}", "ns", "74" },
	}, overlap[] = {
		{ 1, "pr-{ns}", "ns", "74" },
		{ 1, "pr-74", "ns", "74" },
	}, empty[] = {
		{ 1, "web", NULL, NULL },
	}, broken[] = {
		{ 1, "pr-{ns", "ns", "74" },
	};
	struct nhi_why why = { "" };
	size_t index = 99;

	(void)state;
	assert_int_equal(MATCH(one, "nobody"), NHI_ERR_NO_MATCH);
	assert_non_null(strstr(why.text, "claim \"s\" is "
	    "\"refs/heads/main\", which is not \"refs/heads/next\""));
	assert_int_equal(MATCH(two, "web"), NHI_ERR_AMBIGUOUS);
	assert_int_equal(MATCH(overlap, "pr-74"), NHI_ERR_AMBIGUOUS);
	assert_int_equal(MATCH(empty, "web"), NHI_ERR_NO_MATCH);
	assert_int_equal(MATCH(broken, "pr-74"), NHI_ERR_POLICY_INVALID);
	assert_int_equal(MATCH(template, "pr-75"), NHI_ERR_NO_MATCH);
	assert_int_equal(index, 99);
	assert_int_equal(MATCH(one, "web"), NHI_OK);
	assert_int_equal(index, 2);
	assert_int_equal(MATCH(one, "db"), NHI_OK);
	assert_int_equal(index, 3);
	assert_int_equal(MATCH(template, "pr-74"), NHI_OK);
	assert_int_equal(index, 1);
	assert_int_equal(match(one, 1, "web", &index, &why),
	    NHI_ERR_NO_MATCH);
	assert_non_null(strstr(why.text, "issuer"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_hostile_glob),
		cmocka_unit_test(test_rules),
		/* End of the tests */
	};
	int failed;

	if (nhi_json_parse(NHI_SPAN(text), &claims, NULL) != NHI_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	nhi_json_wipe(&claims);
	return failed;
}
