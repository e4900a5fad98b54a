/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every road holds an identity against: which reason comes first, what is
 * asked of root's state, and how long something may live.  The state itself is
 * tested with holds, revocations and marks.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/grant.h"
#include "lib/base/hold.h"
#include "lib/base/mark.h"

#define NOW	1767607200		/* Monday 2026-01-05 10:00 UTC */
#define HOUR	3600

static char api[] = "api", web[] = "web", github[] = "github";
static char *here[] = { (char []){ "192.0.2.0/24" } };
static char *shut[] = { (char []){ "mon-fri 11:00-12:00" } };

/* The state: what is answered, and what was asked. */
static enum nhi_err hold, revoked;
static char asked_hold[64];
static const char *free_name;		/* the identity that is not held */
static struct nhi_revoke_query asked;
static struct nhi_mark spent;

static struct nhi_issuer issuer;
static struct nhi_identity identity[2];
static struct nhi_rules rules;
static struct nhi_grant grant;

enum nhi_err __wrap_nhi_hold_check(const char *, const char *, const char *,
    const char *, int64_t, struct nhi_why *);
enum nhi_err __wrap_nhi_revoke_check(const char *,
    const struct nhi_revoke_query *, struct nhi_why *);
enum nhi_err __wrap_nhi_mark_spend(const char *, const struct nhi_mark *,
    struct nhi_why *);

enum nhi_err
__wrap_nhi_hold_check(const char *holds, const char *account,
    const char *name, const char *from, int64_t now, struct nhi_why *why)
{
	(void)holds;
	(void)why;
	assert_int_equal(now, NOW);
	(void)snprintf(asked_hold, sizeof(asked_hold), "%s %s %s",
	    account == NULL ? "-" : account, name, from);
	return free_name != NULL && strcmp(name, free_name) == 0 ? NHI_OK :
	    hold;
}

enum nhi_err
__wrap_nhi_revoke_check(const char *dir, const struct nhi_revoke_query *q,
    struct nhi_why *why)
{
	(void)dir;
	(void)why;
	asked = *q;
	return revoked;
}

enum nhi_err
__wrap_nhi_mark_spend(const char *marks, const struct nhi_mark *m,
    struct nhi_why *why)
{
	(void)marks;
	(void)why;
	spent = *m;
	return NHI_OK;
}

static int
setup(void **state)
{
	(void)state;
	hold = revoked = NHI_OK;
	free_name = NULL;
	issuer = (struct nhi_issuer){ .name = github,
	    .grace = 900, .skew = 60 };
	identity[0] = (struct nhi_identity){ .name = api,
	    .expires = NOW + 10 * HOUR };
	identity[1] = (struct nhi_identity){ .name = web,
	    .expires = NOW + 10 * HOUR, .ttl = 2 * HOUR };
	rules = (struct nhi_rules){ .issuers = &issuer, .nissuers = 1,
	    .identities = identity, .nidentities = 2 };
	grant = (struct nhi_grant){ .account = "deploy", .rules = &rules,
	    .identity = &identity[1], .source = "192.0.2.7", .now = NOW,
	    .evidence = { .serial = 7, .mark = "0123456789abcdef" } };
	return 0;
}

static void
test_find(void **state)
{
	const struct nhi_identity *i = NULL;

	(void)state;
	assert_int_equal(nhi_grant_find(&rules, 2, &i, NULL),
	    NHI_ERR_VERIFIER);
	assert_int_equal(nhi_grant_find(&rules, NHI_VERDICT_NONE, &i, NULL),
	    NHI_ERR_VERIFIER);
	assert_null(i);
	assert_int_equal(nhi_grant_find(&rules, 1, &i, NULL), NHI_OK);
	assert_ptr_equal(i, &identity[1]);
	assert_ptr_equal(nhi_grant_named(&rules, "web"), i);
	assert_null(nhi_grant_named(&rules, "we"));
}

static void
test_direct(void **state)
{
	(void)state;
	issuer.bind_key = true;
	assert_int_equal(nhi_grant_direct(&rules, &identity[1], NULL),
	    NHI_ERR_VERIFIER);
	identity[1].direct = true;
	assert_int_equal(nhi_grant_direct(&rules, &identity[1], NULL),
	    NHI_OK);
}

static void
test_place(void **state)
{
	struct nhi_why why;

	(void)state;
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_OK);
	identity[1].source = (struct nhi_list){ here, 1 };
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_OK);
	grant.source = "192.0.3.7";
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_ERR_SOURCE);
	grant.source = "";
	assert_int_equal(nhi_grant_check(&grant, &why), NHI_ERR_SOURCE);
	assert_string_equal(why.text,
	    "web may not come from an unknown address");
	/* Who cannot tell does not ask. */
	grant.source = NULL;
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_OK);
}

/* All at once: the first one is told, and then the next. */
static void
test_order(void **state)
{
	(void)state;
	hold = NHI_ERR_HOLD;
	revoked = NHI_ERR_CERT_REVOKED;
	identity[1].source = (struct nhi_list){ here, 1 };
	identity[1].window = (struct nhi_list){ shut, 1 };
	identity[1].expires = NOW;
	grant.source = "192.0.3.7";
	assert_int_equal(nhi_grant_check(&grant, NULL),
	    NHI_ERR_IDENTITY_EXPIRED);
	identity[1].expires = NOW + 1;
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_ERR_SOURCE);
	grant.source = "192.0.2.7";
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_ERR_WINDOW);
	identity[1].window.n = 0;
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_ERR_HOLD);
	hold = NHI_OK;
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_ERR_CERT_REVOKED);
	revoked = NHI_ERR_STATE;
	assert_int_equal(nhi_grant_check(&grant, NULL), NHI_ERR_STATE);
}

static void
test_stopped(void **state)
{
	(void)state;
	assert_int_equal(nhi_grant_stopped(&grant, NULL), NHI_OK);
	assert_string_equal(asked_hold, "deploy web github");
	assert_string_equal(asked.identity, "web");
	assert_int_equal(asked.serial, 7);
	assert_string_equal(asked.mark, grant.evidence.mark);
}

static void
test_until(void **state)
{
	int64_t until = 0;

	(void)state;
	assert_int_equal(nhi_grant_until(&grant, NOW + 5 * HOUR, &until, NULL),
	    NHI_OK);
	assert_int_equal(until, NOW + 2 * HOUR);
	assert_int_equal(nhi_grant_until(&grant, NOW - 899, &until, NULL),
	    NHI_OK);
	assert_int_equal(until, NOW + 1);
	until = 0;
	assert_int_equal(nhi_grant_until(&grant, NOW - 900, &until, NULL),
	    NHI_ERR_EXPIRED);
	assert_int_equal(until, 0);
	identity[1].expires = NOW + 30;
	assert_int_equal(nhi_grant_until(&grant, NOW + 5 * HOUR, &until, NULL),
	    NHI_OK);
	assert_int_equal(until, NOW + 30);
}

static void
test_spend(void **state)
{
	const struct nhi_verdict v = { .mark = "mark", .exp = NOW };

	(void)state;
	assert_int_equal(nhi_grant_spend(&issuer, &v, "SHA256:a", NULL),
	    NHI_OK);
	assert_string_equal(spent.key, "SHA256:a");
	assert_memory_equal(spent.hash, v.mark, sizeof(v.mark));
	assert_int_equal(spent.exp, NOW + 60);
	assert_false(spent.never);
	assert_int_equal(nhi_grant_spend(&issuer, &v, NULL, NULL), NHI_OK);
	assert_true(spent.never);
	issuer.reuse_never = true;
	assert_int_equal(nhi_grant_spend(&issuer, &v, "SHA256:a", NULL),
	    NHI_OK);
	assert_true(spent.never);
}

/* Of what the account runs by itself nobody knows whose it is. */
static void
test_jobs(void **state)
{
	(void)state;
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_ERR_SERVICE);
	identity[0].cron = identity[1].cron = true;
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_OK);
	assert_string_equal(asked_hold, "- api github");
	hold = NHI_ERR_HOLD;
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_ERR_HOLD);
	assert_string_equal(asked_hold, "- web github");
	free_name = "web";
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_OK);
	identity[1].cron = false;
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_ERR_HOLD);
	identity[1].cron = true;
	identity[1].expires = NOW;
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_ERR_HOLD);
	identity[0].expires = NOW;
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_ERR_SERVICE);
	identity[0].expires = NOW + 1;
	hold = NHI_ERR_STATE;
	assert_int_equal(nhi_grant_jobs(&rules, NOW, NULL), NHI_ERR_STATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_find, setup),
		cmocka_unit_test_setup(test_direct, setup),
		cmocka_unit_test_setup(test_place, setup),
		cmocka_unit_test_setup(test_order, setup),
		cmocka_unit_test_setup(test_stopped, setup),
		cmocka_unit_test_setup(test_until, setup),
		cmocka_unit_test_setup(test_spend, setup),
		cmocka_unit_test_setup(test_jobs, setup),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
