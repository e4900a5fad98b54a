/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The platforms' tokens through policy, verification and match: each case of
 * tests/presets/make.py, with the policy that nhictl preset show gives to
 * start from.  And the shapes of texts.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/match.h"
#include "conf/preset.h"
#include "conf/shape.h"
#include "lib/token/verify.h"
#include "tests/unit/conf_world.h"
#include "tests/unit/temp_dir.h"

#define FIELDS	6
#define ACCOUNT	"web-deploy"

struct one {
	char preset[64];
	char name[128];
	char expect[64];
	struct nhi_buf policy;
	struct nhi_buf jwks;
	struct nhi_buf token;
};

static void
wipe(struct one *c)
{
	nhi_buf_wipe(&c->policy);
	nhi_buf_wipe(&c->jwks);
	nhi_buf_wipe(&c->token);
}

static void
copy(struct nhi_span from, char *to, size_t size)
{
	(void)snprintf(to, size, "%.*s", (int)from.n, from.p);
}

static void
put_hex(struct nhi_span hex, struct nhi_buf *b)
{
	static const char digits[] = "0123456789abcdef";

	assert_int_equal(hex.n % 2, 0);
	for (size_t i = 0; i < hex.n; i += 2)
		nhi_buf_char(b, (char)(
		    (strchr(digits, hex.p[i]) - digits) * 16 +
		    (strchr(digits, hex.p[i + 1]) - digits)));
	assert_int_equal(b->err, NHI_OK);
}

static void
read_case(struct nhi_span line, struct one *c)
{
	struct nhi_span f[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		assert_true(nhi_span_cut(&line, '\t', &f[i]));
	copy(f[0], c->preset, sizeof(c->preset));
	copy(f[1], c->name, sizeof(c->name));
	copy(f[2], c->expect, sizeof(c->expect));
	put_hex(f[3], &c->policy);
	put_hex(f[4], &c->jwks);
	put_hex(f[5], &c->token);
}

/* Rules as they are published and read again. */
static struct nhi_rules *
make_rules(const struct nhi_plan *plan)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	struct nhi_rules *rules = NULL;
	struct nhi_why why = { "" };

	assert_int_equal(plan->naccounts, 1);
	assert_string_equal(plan->accounts[0].name.key, ACCOUNT);
	if (nhi_plan_rules(plan, &plan->accounts[0], &text, &why) != NHI_OK ||
	    nhi_rules_parse(nhi_buf_all(&text), &rules, &why) != NHI_OK)
		fail_msg("%s", why.text);
	assert_int_equal(rules->nissuers, 1);
	return rules;
}

static enum nhi_err
judge_token(const struct one *c, const struct nhi_plan *plan,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = make_rules(plan);
	NHI_AUTO(nhi_token_freep) struct nhi_token *token = NULL;
	struct nhi_token_source source = { .issuer = &rules->issuers[0],
	    .jwks = nhi_buf_all(&c->jwks) };
	struct nhi_token_request req = { .token = nhi_buf_all(&c->token),
	    .sources = &source, .nsources = 1, .now = CONF_NOW };
	struct nhi_match_query query = { .account = ACCOUNT };
	size_t index = 99;
	enum nhi_err err;

	if ((err = nhi_token_verify(&req, &token, why)) != NHI_OK)
		return err;
	query.claims = token->claims;
	return nhi_rules_match(rules, &query, &index, why);
}

static enum nhi_err
judge(const struct one *c, struct nhi_buf *said)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_why why = { "" };
	char path[128];
	enum nhi_err err;

	(void)snprintf(path, sizeof(path), "%s/policy", dir);
	assert_int_equal(nhi_file_replace(AT_FDCWD, path, 0644,
	    nhi_buf_all(&c->policy), &why), NHI_OK);
	err = conf_check(path, &faults, &plan, &why);
	nhi_faults_format(&faults, said);
	if (err == NHI_OK)
		err = judge_token(c, plan, &why);
	nhi_buf_str(said, why.text);
	return err;
}

/* Lint must have refused for this reason, and for no other. */
static bool
is_weak(const struct nhi_buf *said)
{
	const char *hit = strstr(nhi_buf_text(said), "matches only what");

	return hit != NULL && strstr(nhi_buf_text(said), "never") == NULL;
}

static bool
run(const struct one *c)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(1U << 16);
	enum nhi_err err = judge(c, &said);

	if (strcmp(nhi_err_slug(err), c->expect) == 0 &&
	    (err != NHI_ERR_POLICY_INVALID || is_weak(&said)))
		return true;
	print_error("%s, %s: %s, not %s\n%s\n", c->preset, c->name,
	    nhi_err_slug(err), c->expect, nhi_buf_text(&said));
	return false;
}

static void
test_tokens(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(64U << 20);
	unsigned int good[32] = { 0 }, bad = 0;
	struct nhi_why why = { "" };
	struct nhi_span rest, line;

	(void)state;
	if (nhi_file_read(AT_FDCWD, "tests/vectors/presets.txt", NHI_FILE_ANY,
	    &text, &why) != NHI_OK)
		fail_msg("%s", why.text);
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line) && line.n > 0) {
		NHI_AUTO(wipe) struct one c = { .policy = NHI_BUF(1U << 16),
		    .jwks = NHI_BUF(1U << 16), .token = NHI_BUF(1U << 16) };

		read_case(line, &c);
		bad += run(&c) ? 0 : 1;
		for (size_t i = 0; nhi_preset_each(i) != NULL; i++)
			if (strcmp(nhi_preset_each(i)->name, c.preset) == 0)
				good[i] += strcmp(c.expect, "ok") == 0;
	}
	assert_int_equal(bad, 0);
	/* Each preset lets some token in. */
	for (size_t i = 0; nhi_preset_each(i) != NULL; i++)
		assert_true(good[i] >= 2);
}

static void
test_shapes(void **state)
{
	static const struct {
		const char *shape;
		const char *text;
		bool fits;
	} t[] = {
		{ "a", "a", true }, { "a", "ab", false }, { "ab", "a", false },
		{ "", "", true }, { "", "a", false }, { "a", "", false },
		{ "<x:word>", "", false }, { "<x:word>", "a/b", false },
		{ "<x:rest>", "a/b", true }, { "<x:rest>", "", false },
		{ "<x:digits>a", "12a", true }, { "<x:digits>", "1a", false },
		{ "<x:hex>", "0aF", true }, { "<x:hex>", "0g", false },
		{ "<x:word>b<y:word>", "abab", true },
		{ "<x:word>b<y:word>", "bab", false },
		{ "<x:uuid>/", "72f988bf-86f1-41af-91ab-2d7cd011db47/", true },
		{ "<x:uuid>", "72f988bf-86f1-41af-91ab-2d7cd011db4", false },
		{ "<x:uuid>", "72f988bf-86f1-41af-91ab-2d7cd011db470", false },
		{ "<x:uuid>", "72f988bf086f1-41af-91ab-2d7cd011db47", false },
		{ "<x:uuid>", "72f988bf-86f1-41af-91ab-2d7cd011db-7", false },
		{ "<x:uuid>", "72f988bg-86f1-41af-91ab-2d7cd011db47", false },
		{ "<x:word>.example.com", "a.example.com", true },
		{ "<x:word>.example.com", "a.example.com.org", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (nhi_shape_fits(t[i].shape, nhi_span_str(t[i].text)) !=
		    t[i].fits)
			fail_msg("%s %s", t[i].shape, t[i].text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_shapes),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
