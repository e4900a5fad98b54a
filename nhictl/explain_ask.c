/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/spawn.h"
#include "lib/ssh/fingerprint.h"
#include "nhictl/explain_ask.h"
#include "verify/question.h"

#define ASK_MS	4000

/* Somebody who is not root. */
static enum nhi_err
explain_here(struct nhi_ask *a, struct nhi_why *why)
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
read_head(struct nhi_ask *a, struct nhi_span *rest)
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
explain_confined(struct nhi_ask *a, struct nhi_why *why)
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

enum nhi_err
nhi_ask_verifier(struct nhi_ask *a, struct nhi_why *why)
{
	return geteuid() == 0 ? explain_confined(a, why) :
	    explain_here(a, why);
}
