/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl policy test: expectations against the policy as it is written.
 * Everything is opened and read first; root then becomes somebody who may do
 * nothing, for good, before a byte of a token, of claims or of a key set is
 * parsed.
 */
#include "config.h"

#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/expect.h"
#include "lib/base/grant.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "nhictl/nhictl.h"
#include "nhictl/report.h"
#include "nhictl/show.h"
#include "nhictl/when.h"
#include "nhictl/written.h"
#include "verify/explain.h"

#define JWKS_MAX	(1U << 20)
#define NOBODY		65534

struct bench {
	struct nhi_plan *plan;
	struct nhi_expects tests;
	struct nhi_buf *jwks;		/* of each issuer of the plan */
};

/* What came of one. */
struct outcome {
	enum nhi_err reason;
	char identity[128];		/* that would be let in */
	struct nhi_why why;
};

static void
wipe(struct bench *b)
{
	for (size_t i = 0; b->jwks != NULL && i < b->plan->nissuers; i++)
		nhi_buf_wipe(&b->jwks[i]);
	free(b->jwks);
	nhi_expect_wipe(&b->tests);
	nhi_plan_free(b->plan);
}

/* A key set that is not here is one that is missing. */
static enum nhi_err
read_jwks(struct bench *b, struct nhi_why *why)
{
	struct nhi_why unused = { "" };

	b->jwks = calloc(b->plan->nissuers + 1, sizeof(*b->jwks));
	if (b->jwks == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "key sets");
	for (size_t i = 0; i < b->plan->nissuers; i++) {
		b->jwks[i] = (struct nhi_buf)NHI_BUF(JWKS_MAX);
		if (nhi_file_read(AT_FDCWD, b->plan->issuers[i].jwks,
		    NHI_FILE_ANY, &b->jwks[i], &unused) != NHI_OK)
			nhi_buf_wipe(&b->jwks[i]);
	}
	return NHI_OK;
}

static enum nhi_err
drop_root(struct nhi_why *why)
{
	const struct passwd *pw;
	uid_t uid = NOBODY;
	gid_t gid = NOBODY;

	if (geteuid() != 0)
		return NHI_OK;
	if ((pw = getpwnam(NHI_VERIFY_USER)) != NULL && pw->pw_uid != 0) {
		uid = pw->pw_uid;
		gid = pw->pw_gid;
	}
	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0 || setuid(0) == 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "cannot drop root");
	return NHI_OK;
}

static const struct nhi_buf *
find_jwks(const struct bench *b, const char *issuer)
{
	for (size_t i = 0; i < b->plan->nissuers; i++)
		if (strcmp(b->plan->issuers[i].name, issuer) == 0)
			return &b->jwks[i];
	return NULL;
}

static enum nhi_err
explain(const struct bench *b, const struct nhi_expect *t,
    const struct nhi_rules *rules, int64_t now, struct outcome *o)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EXPLAIN_TEXT);
	struct nhi_explain e = { .rules = rules, .account = t->account,
	    .bytes = nhi_buf_all(&t->bytes), .claims = t->claims,
	    .now = now };
	struct nhi_token_source *sources;
	const struct nhi_identity *id;
	struct nhi_explained found;

	if ((sources = calloc(rules->nissuers + 1, sizeof(*sources))) == NULL)
		return nhi_fail(&o->why, NHI_ERR_NO_MEMORY, "issuers");
	for (size_t i = 0; i < rules->nissuers; i++) {
		const struct nhi_buf *jwks = find_jwks(b,
		    rules->issuers[i].name);

		sources[i].issuer = &rules->issuers[i];
		if (jwks != NULL && jwks->n > 0)
			sources[i].jwks = nhi_buf_all(jwks);
	}
	e.sources = sources;
	o->reason = nhi_explain_run(&e, &found, &text, &o->why);
	free(sources);
	if (o->reason != NHI_OK)
		return o->reason;
	id = &rules->identities[found.identity];
	(void)snprintf(o->identity, sizeof(o->identity), "%s", id->name);
	return nhi_grant_place(id, t->source, now, &o->why);
}

static enum nhi_err
judge(const struct bench *b, const struct nhi_expect *t, int64_t now,
    struct outcome *o)
{
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;
	enum nhi_err err;

	err = nhi_written_rules(b->plan, t->account, &rules, &o->why);
	return err != NHI_OK ? err : explain(b, t, rules, now, o);
}

/* The text of it as a time, which "@" and seconds are too. */
static bool
read_time(const char *at, int64_t now, int64_t *ret)
{
	uint64_t n;

	*ret = now;
	if (at == NULL)
		return true;
	if (at[0] != '@')
		return nhi_when_parse(at, now, false, ret);
	if (!nhi_num_parse(nhi_span_str(at + 1), NHI_TIME_FAR, &n))
		return false;
	*ret = (int64_t)n;
	return true;
}

static void
print_outcome(const struct bench *b, const struct nhi_expect *t, bool good,
    const struct outcome *o)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(8192);

	nhi_buf_str(&line, good ? "ok    " : "FAIL  ");
	if (t->name != NULL)
		nhi_show_text(&line, t->name);
	else
		nhi_buf_printf(&line, "%.200s:%u", b->tests.file, t->line);
	nhi_buf_printf(&line, ": %s", o->reason == NHI_OK ? "allow" :
	    nhi_err_slug(o->reason));
	if (o->reason == NHI_OK)
		nhi_buf_printf(&line, " %s", o->identity);
	if (!good) {
		nhi_buf_printf(&line, ", expected %s", t->expect == NHI_OK ?
		    "allow" : nhi_err_slug(t->expect));
		nhi_buf_printf(&line, " %s", t->identity != NULL ?
		    t->identity : "");
	}
	if (!good && o->why.text[0] != '\0') {
		nhi_buf_str(&line, ": ");
		nhi_show_text(&line, o->why.text);
	}
	(void)puts(nhi_buf_text(&line));
}

/* True: it came as expected. */
static bool
run_one(const struct bench *b, const struct nhi_expect *t)
{
	struct outcome o = { .identity = "", .why = { "" } };
	int64_t now;
	bool good;

	if (!read_time(t->at, nhi_when_now(), &now))
		o.reason = nhi_fail(&o.why, NHI_ERR_INPUT,
		    "at is no time: %.40s", t->at);
	else
		o.reason = judge(b, t, now, &o);
	good = o.reason == t->expect && (t->identity == NULL ||
	    strcmp(t->identity, o.identity) == 0);
	print_outcome(b, t, good, &o);
	return good;
}

static int
run(struct bench *b, const char *policy, const char *file)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	struct nhi_report report = { stderr, false };
	struct nhi_why why = { "" };
	size_t failed = 0;
	enum nhi_err err;

	if ((err = nhi_written_load(policy, &b->plan, &why)) != NHI_OK ||
	    (err = nhi_expect_load(file, &faults, &b->tests,
	    &why)) != NHI_OK || (err = read_jwks(b, &why)) != NHI_OK ||
	    (err = drop_root(&why)) != NHI_OK) {
		nhi_report_faults(&report, &faults);
		(void)nhi_ctl_fail(err, &why);
		return NHI_CTL_FAULT;
	}
	for (size_t i = 0; i < b->tests.n; i++)
		failed += run_one(b, &b->tests.p[i]) ? 0 : 1;
	(void)printf("%zu as expected, %zu not\n", b->tests.n - failed,
	    failed);
	if (fflush(stdout) != 0)
		return NHI_CTL_FAULT;
	return failed == 0 ? NHI_CTL_OK : NHI_CTL_NO;
}

int
nhi_verb_policy_test(int argc, char **argv)
{
	NHI_AUTO(wipe) struct bench b = { .plan = NULL };
	static const struct option options[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	const char *policy = NULL;
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1) {
		if (c != 'p')
			return nhi_ctl_usage("policy test");
		policy = optarg;
	}
	if (optind != argc - 1)
		return nhi_ctl_usage("policy test");
	return run(&b, policy, argv[optind]);
}
