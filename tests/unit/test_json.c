/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/base/rules.h"
#include "lib/token/json.h"

/* A span in a table: a compound literal is no constant there. */
#define T(lit)	{ (lit), sizeof(lit) - 1 }

static const char text[] =
    "{\"s\":\"x\\u0041\\n\",\"e\":\"\",\"t\":true,\"f\":false,\"n\":null,"
    "\"a\":[1,\"two\",[3]],\"o\":{\"in\":{\"deep\":7}},"
    "\"a.b\":\"dotted\",\"o/in\":\"slashed\"}";

static struct nhi_value
parse(struct nhi_span s)
{
	struct nhi_value v = { 0 };
	struct nhi_why why = { "" };

	if (nhi_json_parse(s, &v, &why) != NHI_OK)
		fail_msg("%s: %s", s.p, why.text);
	return v;
}

static void
test_types(void **state)
{
	static const struct {
		const char *name;
		enum nhi_json_type type;
	} members[] = {
		{ "s", NHI_JSON_STRING }, { "e", NHI_JSON_STRING },
		{ "t", NHI_JSON_BOOLEAN }, { "f", NHI_JSON_BOOLEAN },
		{ "n", NHI_JSON_NULL }, { "a", NHI_JSON_ARRAY },
		{ "o", NHI_JSON_OBJECT }, { "none", NHI_JSON_NONE },
		{ "", NHI_JSON_NONE }, { "S", NHI_JSON_NONE },
	};
	NHI_AUTO(nhi_json_wipe) struct nhi_value v = parse(NHI_SPAN(text));
	bool b = false;

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		assert_int_equal(nhi_json_member(v, members[i].name).type,
		    members[i].type);
	assert_true(nhi_span_is(nhi_json_string(nhi_json_member(v, "s")),
	    "xA\n"));
	assert_true(nhi_span_is(nhi_json_string(nhi_json_member(v, "e")),
	    ""));
	assert_null(nhi_json_string(nhi_json_member(v, "t")).p);
	assert_null(nhi_json_string(nhi_json_member(v, "none")).p);
	assert_true(nhi_json_boolean(nhi_json_member(v, "t"), &b) && b);
	assert_true(nhi_json_boolean(nhi_json_member(v, "f"), &b) && !b);
	assert_false(nhi_json_boolean(nhi_json_member(v, "s"), &b));
}

static void
test_paths(void **state)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value v = parse(NHI_SPAN(text));
	NHI_AUTO(nhi_list_wipe) struct nhi_list path = { 0 };
	struct nhi_value a = nhi_json_member(v, "a");
	int64_t n = 0;

	(void)state;
	assert_int_equal(nhi_json_find(v, &path).type, NHI_JSON_OBJECT);
	assert_int_equal(nhi_list_add(&path, NHI_SPAN("o")), NHI_OK);
	assert_int_equal(nhi_list_add(&path, NHI_SPAN("in")), NHI_OK);
	assert_int_equal(nhi_list_add(&path, NHI_SPAN("deep")), NHI_OK);
	assert_true(nhi_json_integer(nhi_json_find(v, &path), &n) && n == 7);
	/* Through what is no object there is no way. */
	assert_int_equal(nhi_list_add(&path, NHI_SPAN("deeper")), NHI_OK);
	assert_int_equal(nhi_json_find(v, &path).type, NHI_JSON_NONE);
	assert_int_equal(nhi_json_count(a), 3);
	assert_true(nhi_json_integer(nhi_json_at(a, 0), &n) && n == 1);
	assert_int_equal(nhi_json_at(a, 2).type, NHI_JSON_ARRAY);
	assert_int_equal(nhi_json_at(a, 3).type, NHI_JSON_NONE);
	assert_int_equal(nhi_json_count(v), 0);
	assert_int_equal(nhi_json_at(v, 0).type, NHI_JSON_NONE);
	assert_int_equal(nhi_json_member(a, "0").type, NHI_JSON_NONE);
}

/* Exact, or no integer at all. */
static void
test_integers(void **state)
{
	static const struct {
		struct nhi_span text;
		const char *expected;	/* NULL: no integer */
	} cases[] = {
		{ T("{\"n\":0}"), "0" },
		{ T("{\"n\":-0}"), "0" },
		{ T("{\"n\":-1}"), "-1" },
		{ T("{\"n\":9007199254740993}"), "9007199254740993" },
		{ T("{\"n\":9223372036854775807}"),
		    "9223372036854775807" },
		{ T("{\"n\":-9223372036854775807}"),
		    "-9223372036854775807" },
		{ T("{\"n\":9223372036854775808}"), NULL },
		{ T("{\"n\":18446744073709551615}"), NULL },
		{ T("{\"n\":18446744073709551616}"), NULL },
		{ T("{\"n\":1000000000000000000000000000}"), NULL },
		{ T("{\"n\":-9223372036854775808}"), NULL },
		{ T("{\"n\":-9223372036854775809}"), NULL },
		{ T("{\"n\":-99999999999999999999999999}"), NULL },
		{ T("{\"n\":1.0}"), NULL },
		{ T("{\"n\":1e0}"), NULL },
		{ T("{\"n\":0E5}"), NULL },
		{ T("{\"n\":1e999}"), NULL },
		/* End of the cases */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_json_wipe) struct nhi_value v =
		    parse(cases[i].text);
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(64);
		struct nhi_value n = nhi_json_member(v, "n");

		if (cases[i].expected == NULL) {
			assert_int_equal(n.type, NHI_JSON_NUMBER);
			assert_false(nhi_json_text(n, &b));
			assert_int_equal(b.n, 0);
		} else {
			assert_int_equal(n.type, NHI_JSON_INTEGER);
			assert_true(nhi_json_text(n, &b));
			assert_string_equal(nhi_buf_text(&b),
			    cases[i].expected);
		}
	}
}

static void
test_documents(void **state)
{
	static const struct {
		struct nhi_span text;
		enum nhi_err err;
	} cases[] = {
		{ T("{}"), NHI_OK },
		{ T(" {} "), NHI_OK },
		{ T("[]"), NHI_ERR_JSON },
		{ T("null"), NHI_ERR_JSON },
		{ T("1"), NHI_ERR_JSON },
		{ T("\"{}\""), NHI_ERR_JSON },
		{ T("{\"a\":1,\"a\":1}"), NHI_ERR_JSON_DUPLICATE },
		{ T("{\"a\":\"\xff\"}"), NHI_ERR_UTF8 },
		{ T("{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"),
		    NHI_ERR_JSON_DEPTH },
		/* End of the cases */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_json_wipe) struct nhi_value v = { 0 };
		struct nhi_why why = { "" };

		assert_int_equal(nhi_json_parse(cases[i].text, &v, &why),
		    cases[i].err);
		assert_int_equal(v.o != NULL, cases[i].err == NHI_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_documents),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
