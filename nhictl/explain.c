/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl explain: would this token be let in, and why.  What needs the token
 * is asked of nhi-verify (by root) or done here (by somebody else, under his
 * own uid); what is root's own data is held against it here.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/hold.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "lib/base/source.h"
#include "lib/base/spawn.h"
#include "lib/base/verdict.h"
#include "lib/ssh/fingerprint.h"
#include "nhictl/explain_used.h"
#include "nhictl/nhictl.h"
#include "verify/explain.h"
#include "verify/question.h"

#define ASK_MS	4000

struct ask {
	const char *account;
	const char *file;
	const char *source;
	const char *key;		/* its fingerprint */
	bool claims;
	bool json;
	int64_t now;
	struct nhi_policy policy;
	struct nhi_account entry;
	struct nhi_rules *rules;
	struct nhi_buf bytes;
	struct nhi_buf text;		/* the explanation */
	enum nhi_err reason;
	struct nhi_explained found;
	struct nhi_used used;
	struct nhi_why why;		/* why not */
};

static void
wipe(struct ask *a)
{
	nhi_rules_freep(&a->rules);
	nhi_buf_wipe(&a->bytes);
	nhi_buf_wipe(&a->text);
}

/* One option and its value; false when it is none of ours. */
static bool
set_option(struct ask *a, const char *name, const char *value)
{
	char address[NHI_SOURCE_SIZE];
	uint8_t hash[NHI_SSH_HASH];
	uint64_t at;

	if (strcmp(name, "--account") == 0 && a->account == NULL)
		a->account = value;
	else if (strcmp(name, "--source") == 0 && a->source == NULL &&
	    nhi_source_key(value, address))
		a->source = value;
	else if (strcmp(name, "--key") == 0 && a->key == NULL &&
	    nhi_ssh_fingerprint_parse(nhi_span_str(value), hash))
		a->key = value;
	else if (strcmp(name, "--token") == 0 && a->file == NULL)
		a->file = value;
	else if (strcmp(name, "--claims") == 0 && a->file == NULL) {
		a->file = value;
		a->claims = true;
	} else if (strcmp(name, "--at") == 0 && nhi_num_parse(
	    nhi_span_str(value), INT64_MAX / 2, &at))
		a->now = (int64_t)at;
	else
		return false;
	return true;
}

static bool
read_options(struct ask *a, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			a->json = true;
			continue;
		}
		if (i + 1 == argc || !set_option(a, argv[i], argv[i + 1]))
			return false;
		i++;
	}
	return a->account != NULL && a->file != NULL;
}

static enum nhi_err
read_bytes(struct ask *a, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if (strcmp(a->file, "-") == 0)
		return nhi_file_slurp(STDIN_FILENO, &a->bytes, why);
	if ((err = nhi_ctl_open(a->file, &fd, why)) != NHI_OK)
		return err;
	return nhi_file_slurp(fd, &a->bytes, why);
}

/* Somebody who is not root. */
static enum nhi_err
explain_here(struct ask *a, struct nhi_why *why)
{
	NHI_AUTO(nhi_question_wipe) struct nhi_question q = NHI_QUESTION;
	struct nhi_explain e = {
		.account = a->account, .claims = a->claims, .json = a->json,
		.now = a->now, .bytes = nhi_buf_all(&a->bytes),
		.fingerprint = a->key,
	};
	enum nhi_err err;

	q.account = a->account;
	if ((err = nhi_question_open(&q, NHI_KIND_TOKEN, a->policy.generation,
	    a->now, why)) != NHI_OK)
		return err;
	if (e.bytes.n > 0 && e.bytes.p[e.bytes.n - 1] == '\n')
		e.bytes.n--;
	e.rules = q.rules;
	e.sources = q.sources;
	a->reason = nhi_explain_run(&e, &a->found, &a->text, &a->why);
	return NHI_OK;
}

/* What goes to root's terminal as it is. */
static bool
is_plain(struct nhi_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\n' && (s.p[i] < ' ' || s.p[i] > '~'))
			return false;
	return true;
}

/* It becomes the name of a file that is looked for. */
static bool
is_mark(struct nhi_span s, bool claims)
{
	uint8_t mark[NHI_TOKEN_MARK];

	return claims ? s.n == 0 : nhi_num_unhex(s, mark, sizeof(mark));
}

/* The three lines in front of the explanation. */
static bool
read_head(struct ask *a, struct nhi_span *rest)
{
	struct nhi_span reason, index, why;
	char slug[64] = "";
	uint64_t n;

	if (!nhi_span_cut(rest, '\n', &reason) ||
	    !nhi_span_cut(rest, '\n', &index) ||
	    !nhi_span_cut(rest, '\n', &why) || rest->p == NULL ||
	    reason.n >= sizeof(slug))
		return false;
	memcpy(slug, reason.p, reason.n);
	if ((a->reason = nhi_err_find(slug)) == NHI_ERR_COUNT)
		return false;
	if (a->reason != NHI_OK) {
		(void)snprintf(a->why.text, sizeof(a->why.text), "%.*s",
		    (int)why.n, why.p);
		return true;
	}
	if (!nhi_num_parse(index, a->rules->nidentities - 1, &n) ||
	    !is_mark(why, a->claims))
		return false;
	a->found.identity = (size_t)n;
	(void)snprintf(a->found.mark, sizeof(a->found.mark), "%.*s",
	    (int)why.n, why.p);
	return true;
}

static char *
writable(char *out, size_t size, const char *s)
{
	(void)snprintf(out, size, "%s", s);
	return out;
}

/* Root: no byte of the token is read here. */
static enum nhi_err
explain_confined(struct ask *a, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf answer =
	    NHI_BUF(NHI_EXPLAIN_TEXT + 1024);
	char drop[] = NHI_DROP, verify[] = "verify", word[] = "explain";
	char token[] = "token", claims[] = "claims", text[] = "text";
	char json[] = "json", account[64], generation[32], now[32];
	char key[NHI_SSH_FINGERPRINT];
	char *const argv[] = { drop, verify, word,
	    writable(generation, sizeof(generation), a->policy.generation),
	    writable(account, sizeof(account), a->account),
	    a->claims ? claims : token, now, a->json ? json : text,
	    writable(key, sizeof(key), a->key == NULL ? "-" : a->key), NULL };
	int64_t deadline = nhi_clock_ms() + ASK_MS;
	struct nhi_spawn child;
	struct nhi_span rest;
	enum nhi_err err;

	(void)snprintf(now, sizeof(now), "%" PRId64, a->now);
	if ((err = nhi_spawn_start(argv, &child, why)) != NHI_OK)
		return err;
	err = nhi_spawn_talk(&child, nhi_buf_all(&a->bytes), deadline,
	    &answer, why);
	if (!nhi_spawn_end(&child, deadline, err == NHI_OK) && err == NHI_OK)
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verifier did not end well");
	if (err != NHI_OK)
		return err;
	rest = nhi_buf_all(&answer);
	if (!is_plain(rest) || !read_head(a, &rest))
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verifier's answer is no explanation");
	nhi_buf_span(&a->text, rest);
	return nhi_buf_check(&a->text, why);
}

/* What a login would be held against besides the token. */
static enum nhi_err
check_rest(struct ask *a, const struct nhi_identity *i, struct nhi_why *why)
{
	const struct nhi_issuer *issuer = &a->rules->issuers[i->issuer];
	enum nhi_err err;

	if ((err = nhi_grant_place(i, a->source, a->now, why)) != NHI_OK ||
	    (err = nhi_hold_check(NHI_HOLDS_DIR, a->account, i->name,
	    issuer->name, a->now, why)) != NHI_OK)
		return err;
	return nhi_explain_used(a->found.mark, issuer->reuse_never, &a->used,
	    why);
}

static void
print_json(const struct ask *a)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b =
	    NHI_BUF(NHI_EXPLAIN_TEXT + 4096);

	nhi_buf_str(&b, "{\"account\":");
	nhi_explain_json(&b, nhi_span_str(a->account));
	nhi_buf_printf(&b, ",\"allowed\":%s,\"reason\":\"%s\"",
	    a->reason == NHI_OK ? "true" : "false",
	    nhi_err_slug(a->reason));
	if (a->reason != NHI_OK) {
		nhi_buf_str(&b, ",\"detail\":");
		nhi_explain_json(&b, nhi_span_str(a->why.text));
	}
	if (a->found.identity != NHI_EXPLAIN_NONE)
		nhi_buf_printf(&b, ",\"identity\":\"%s\",\"ttl\":%" PRId64,
		    a->rules->identities[a->found.identity].name,
		    a->rules->identities[a->found.identity].ttl);
	if (a->used.by[0] != '\0')
		nhi_buf_printf(&b, ",\"used_by\":\"%s\"", a->used.by);
	if (a->text.n > 0) {
		nhi_buf_char(&b, ',');
		nhi_buf_span(&b, nhi_buf_all(&a->text));
	}
	nhi_buf_char(&b, '}');
	(void)puts(nhi_buf_text(&b));
}

static void
print_granted(const struct nhi_identity *i, const struct nhi_used *used)
{
	(void)printf("result   ok: identity %s of %s (%s)\n", i->name,
	    i->owner, i->purpose);
	(void)printf("         certificate for %" PRId64 " s", i->ttl);
	for (size_t k = 0; k < i->source.n; k++)
		(void)printf("%s%s", k == 0 ? ", only from " : ", ",
		    i->source.p[k]);
	(void)printf("%s%s%s%s\n", i->force_command[0] == '\0' ? "" :
	    ", only for ", i->force_command, i->pty ? ", with a terminal" : "",
	    i->forwarding ? ", with forwarding" : "");
	if (used->by[0] != '\0')
		(void)printf("         used before with key %s: good for that "
		    "key alone\n", used->by);
	if (used->unknown)
		(void)printf("         whether it was used before is told to "
		    "root alone\n");
}

static void
print_text(const struct ask *a)
{
	uint32_t uid;

	(void)printf("account  %s", a->account);
	if (a->rules != NULL && a->entry.kind == NHI_ACCOUNT_TEMPLATE)
		(void)printf(", by template %s", a->entry.key);
	if (a->rules != NULL &&
	    nhi_registry_lookup(NHI_UIDS_DIR, a->account, &uid) == 1)
		(void)printf(", uid %lu", (unsigned long)uid);
	(void)printf("\n%s", nhi_buf_text(&a->text));
	if (a->reason == NHI_OK)
		print_granted(&a->rules->identities[a->found.identity],
		    &a->used);
	else
		(void)printf("result   %s: %s\n", nhi_err_slug(a->reason),
		    a->why.text);
}

/* NHI_OK: there is an answer, in a->reason. */
static enum nhi_err
run(struct ask *a, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &a->policy,
	    why)) != NHI_OK)
		return err;
	if ((err = read_bytes(a, why)) == NHI_ERR_TOO_LARGE) {
		a->reason = err;
		a->why = *why;
		return NHI_OK;
	}
	if (err != NHI_OK)
		return err;
	a->reason = nhi_policy_rules(&a->policy, a->account, &a->entry,
	    &a->rules, &a->why);
	if (a->reason != NHI_OK)
		return NHI_OK;
	err = geteuid() == 0 ? explain_confined(a, why) :
	    explain_here(a, why);
	if (err == NHI_OK && a->reason == NHI_OK)
		a->reason = check_rest(a, &a->rules->identities[a->found.identity],
		    &a->why);
	return err;
}

int
nhi_verb_explain(int argc, char **argv)
{
	NHI_AUTO(wipe) struct ask a = {
		.now = (int64_t)time(NULL),
		.found = { .identity = NHI_EXPLAIN_NONE },
		.bytes = NHI_BUF(NHI_VERDICT_BYTES + 1),
		.text = NHI_BUF(NHI_EXPLAIN_TEXT),
	};
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!read_options(&a, argc, argv))
		return nhi_ctl_usage("explain");
	if ((err = run(&a, &why)) != NHI_OK) {
		(void)nhi_ctl_fail(err, &why);
		return NHI_CTL_FAULT;
	}
	if (a.json)
		print_json(&a);
	else
		print_text(&a);
	return nhi_ctl_end(nhi_ctl_code(a.reason));
}
