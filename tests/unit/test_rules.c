/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled rules there and back: each field, and text that was touched. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/conf_world.h"

#define EVERYTHING	TOP_SRCDIR "/tests/unit/policy/good-everything.conf"

static struct nhi_rules *
trip(const struct nhi_plan *plan, struct nhi_buf *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf again = NHI_BUF(NHI_RULES_MAX);
	struct nhi_rules *r = NULL;
	struct nhi_why why = { "" };

	assert_int_equal(nhi_plan_rules(plan, &plan->accounts[0], text, &why),
	    NHI_OK);
	if (nhi_rules_parse(nhi_buf_all(text), &r, &why) != NHI_OK)
		fail_msg("%s", why.text);
	nhi_rules_format(r, &again);
	assert_string_equal(nhi_buf_text(&again), nhi_buf_text(text));
	return r;
}

static void
check_issuer(const struct nhi_issuer *i)
{
	assert_string_equal(i->name, "github");
	assert_string_equal(i->preset, "github");
	assert_string_equal(i->url, "https://ghe.example.com/_services/token");
	assert_string_equal(i->jwks, NHI_CACHE_DIR "/github.json");
	assert_false(i->pinned);
	assert_int_equal(i->algs, NHI_ALG_RS256);
	assert_int_equal(i->audience.n, 1);
	assert_string_equal(i->audience.p[0], "ssh://web-1.example.com");
	assert_int_equal(i->skew, 0);
	assert_int_equal(i->max_lifetime, 600);
	assert_int_equal(i->max_age, 3600);
	assert_int_equal(i->grace, 60);
	/* 2026-01-01, its beginning */
	assert_int_equal(i->floor, 1767225600);
	assert_int_equal(i->stale, 3600);
	assert_true(i->need_iss && i->need_iat && i->bind_key);
	assert_true(i->reuse_never);
	assert_true(i->nprovenance > 3);
	assert_string_equal(i->provenance[0].p[0], "repository");
}

static void
check_identity(const struct nhi_identity *i)
{
	assert_string_equal(i->name, "a");
	assert_string_equal(i->owner, "o");
	assert_string_equal(i->purpose, "p");
	/* 2027-06-30, its end */
	assert_int_equal(i->expires, 1814400000);
	assert_int_equal(i->issuer, 0);
	assert_string_equal(i->account, "bot");
	assert_int_equal(i->nmatches, 1);
	assert_int_equal(i->matches[0].op, NHI_OP_IS);
	assert_int_equal(i->matches[0].type, NHI_TYPE_STRING);
	assert_string_equal(i->matches[0].claim.p[0], "repository_id");
	assert_string_equal(i->matches[0].values.p[0], "74");
	assert_int_equal(i->ttl, 3600);
	assert_string_equal(i->source.p[0], "10.1.0.0/16");
	assert_int_equal(i->window.n, 2);
	assert_string_equal(i->window.p[0], "daily 22:00-02:00");
	assert_string_equal(i->sudo.p[0], "/bin/echo restart a");
	assert_string_equal(i->force_command, "/bin/true");
	assert_int_equal(i->max_sessions, 3);
	assert_true(i->pty && i->forwarding && i->cron);
	assert_false(i->direct);
}

static void
test_everything(void **state)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan =
	    conf_plan(EVERYTHING);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *r = trip(plan, &text);

	(void)state;
	assert_string_equal(r->digest, plan->digest);
	assert_int_equal(r->nissuers, 1);
	assert_int_equal(r->nidentities, 1);
	check_issuer(&r->issuers[0]);
	check_identity(&r->identities[0]);
}

/* Only an identity that has it, of an issuer that binds, comes this way. */
static void
test_direct(void **state)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = conf_plan(TOP_SRCDIR
	    "/tests/unit/policy/good-direct.conf");
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf twice = NHI_BUF(NHI_RULES_MAX);
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *r = trip(plan, &text);
	const char *line = strstr(nhi_buf_text(&text), "direct 1\n");
	struct nhi_rules *none = NULL;
	struct nhi_why why;

	(void)state;
	assert_true(plan->host.direct);
	assert_true(nhi_identity_direct(r, &r->identities[0]));
	assert_true(nhi_rules_direct(r));
	r->issuers[0].bind_key = false;
	assert_false(nhi_rules_direct(r));
	r->issuers[0].bind_key = true;
	r->identities[0].direct = false;
	assert_false(nhi_rules_direct(r));
	assert_non_null(line);
	nhi_buf_put(&twice, text.p, (size_t)(line - text.p));
	nhi_buf_str(&twice, "direct 1\n");
	nhi_buf_str(&twice, line);
	assert_int_equal(nhi_rules_parse(nhi_buf_all(&twice), &none, &why),
	    NHI_ERR_POLICY_INVALID);
	text.p[line - text.p + 7] = '0';
	assert_int_equal(nhi_rules_parse(nhi_buf_all(&text), &none, &why),
	    NHI_ERR_POLICY_INVALID);
	assert_null(none);
}

/* Cut anywhere, or with one line break moved in: never half of the rules. */
static void
test_cut(void **state)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan =
	    conf_plan(EVERYTHING);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	struct nhi_rules *r = trip(plan, &text);
	struct nhi_why why = { "" };

	(void)state;
	nhi_rules_free(r);
	r = NULL;
	for (size_t i = 0; i < text.n; i++) {
		char saved = text.p[i];

		assert_int_equal(nhi_rules_parse((struct nhi_span){ text.p,
		    i }, &r, &why), NHI_ERR_POLICY_INVALID);
		if (saved == '\n')
			continue;
		text.p[i] = '\n';
		assert_int_equal(nhi_rules_parse(nhi_buf_all(&text), &r,
		    &why), NHI_ERR_POLICY_INVALID);
		text.p[i] = saved;
	}
	assert_null(r);
}

/* All types and operators of matches, and values with any byte. */
static void
test_matches(void **state)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = conf_plan(TOP_SRCDIR
	    "/tests/unit/policy/good-matches.conf");
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *r = trip(plan, &text);
	const struct nhi_match *m = r->identities[0].matches;

	(void)state;
	assert_int_equal(r->identities[0].nmatches, 6);
	assert_string_equal(m[0].claim.p[0], "a");
	assert_int_equal(m[0].op, NHI_OP_IN);
	assert_int_equal(m[0].values.n, 2);
	assert_int_equal(m[0].type, NHI_TYPE_INTEGER);
	assert_string_equal(m[0].values.p[0], "-5");
	assert_string_equal(m[0].values.p[1], "900000000000000001");
	assert_int_equal(m[1].type, NHI_TYPE_BOOLEAN);
	assert_string_equal(m[1].values.p[0], "false");
	assert_int_equal(m[2].op, NHI_OP_PREFIX);
	assert_string_equal(m[2].values.p[0], "100% \xc3\xb6");
	assert_int_equal(m[3].op, NHI_OP_GLOB);
	assert_int_equal(m[4].claim.n, 3);
	assert_string_equal(m[4].claim.p[1], "e f");
	assert_string_equal(m[5].values.p[0], "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_direct),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_matches),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
