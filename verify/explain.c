/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "conf/match.h"
#include "conf/template.h"
#include "lib/base/json_put.h"
#include "lib/base/num.h"
#include "verify/explain.h"

#define VALUE_MAX	512	/* bytes of a claim that are shown */

/* Claims, by whatever road they came. */
struct claims {
	struct nhi_token *token;	/* owned; NULL for bare claims */
	struct nhi_value bare;		/* owned */
	struct nhi_value all;
	size_t issuer;
};

static void
wipe(struct claims *c)
{
	nhi_token_freep(&c->token);
	nhi_json_wipe(&c->bare);
}

static void
put_plain(struct nhi_buf *b, struct nhi_span s)
{
	for (size_t i = 0; i < s.n; i++)
		nhi_buf_char(b, s.p[i] < ' ' || s.p[i] > '~' ? '?' : s.p[i]);
}

/* "string", "integer": the words of the manual for a rule's type. */
static const char *
type_name(enum nhi_type type)
{
	switch (type) {
	case NHI_TYPE_STRING:
		return "string";
	case NHI_TYPE_INTEGER:
		return "integer";
	case NHI_TYPE_BOOLEAN:
		break;
	}
	return "boolean";
}

static const char *
op_name(enum nhi_op op)
{
	switch (op) {
	case NHI_OP_IS:
		return "is";
	case NHI_OP_IN:
		return "in";
	case NHI_OP_PREFIX:
		return "prefix";
	case NHI_OP_GLOB:
		break;
	}
	return "glob";
}

static void
join(const struct nhi_list *l, const char *between, struct nhi_buf *b)
{
	for (size_t i = 0; i < l->n; i++) {
		nhi_buf_str(b, i == 0 ? "" : between);
		nhi_buf_str(b, l->p[i]);
	}
}

/* One match as it is shown: what the policy wants, what the token has. */
struct shown {
	struct nhi_buf claim;
	struct nhi_buf want;
	struct nhi_buf got;
	const char *type;		/* of what the token has */
	bool ok;
};

static void
wipe_shown(struct shown *s)
{
	nhi_buf_wipe(&s->claim);
	nhi_buf_wipe(&s->want);
	nhi_buf_wipe(&s->got);
}

static void
put_match_text(const struct nhi_match *m, const struct shown *s,
    struct nhi_buf *b)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf claim = NHI_BUF(VALUE_MAX);

	put_plain(&claim, nhi_buf_all(&s->claim));
	nhi_buf_printf(b, "    %-3s %-24s %s ", s->ok ? "ok" : "NO",
	    nhi_buf_text(&claim), op_name(m->op));
	put_plain(b, nhi_buf_all(&s->want));
	nhi_buf_printf(b, " (%s)", type_name(m->type));
	if (!s->ok) {
		nhi_buf_str(b, ", token has ");
		put_plain(b, nhi_buf_all(&s->got));
		nhi_buf_printf(b, " (%s)", s->type);
	}
	nhi_buf_char(b, '\n');
}

static void
put_match_json(const struct nhi_match *m, const struct shown *s,
    struct nhi_buf *b)
{
	nhi_buf_str(b, "{\"claim\":");
	nhi_json_put_string(b, nhi_buf_all(&s->claim));
	nhi_buf_printf(b, ",\"op\":\"%s\",\"want\":", op_name(m->op));
	nhi_json_put_string(b, nhi_buf_all(&s->want));
	nhi_buf_printf(b, ",\"want_type\":\"%s\",\"got\":",
	    type_name(m->type));
	nhi_json_put_string(b, nhi_buf_all(&s->got));
	nhi_buf_printf(b, ",\"got_type\":\"%s\",\"ok\":%s}", s->type,
	    s->ok ? "true" : "false");
}

static void
put_match(const struct nhi_explain *e, const struct nhi_match *m,
    struct nhi_value all, struct nhi_buf *b)
{
	NHI_AUTO(wipe_shown) struct shown s = {
		.claim = NHI_BUF(VALUE_MAX), .want = NHI_BUF(VALUE_MAX),
		.got = NHI_BUF(VALUE_MAX),
	};
	struct nhi_value v = nhi_json_find(all, &m->claim);
	struct nhi_why why;

	s.type = nhi_json_type_name(v.type);
	s.ok = nhi_match_check(m, all, &why) == NHI_OK;
	join(&m->claim, "/", &s.claim);
	join(&m->values, " | ", &s.want);
	(void)nhi_json_text(v, &s.got);
	if (e->json)
		put_match_json(m, &s, b);
	else
		put_match_text(m, &s, b);
}

/* Does the name that the template makes for these claims fit? */
static void
put_account(const struct nhi_explain *e, const struct nhi_identity *i,
    const struct claims *c, struct nhi_buf *b)
{
	char name[NHI_NAME_MAX + 1] = "";
	struct nhi_why why = { "" };
	bool ok;

	if (!nhi_template_is(i->account))
		return;
	ok = nhi_template_expand(i->account, c->all, name, &why) == NHI_OK &&
	    strcmp(name, e->account) == 0;
	if (e->json) {
		nhi_buf_str(b, ",\"account\":");
		nhi_json_put_string(b, nhi_span_str(name));
		return;
	}
	nhi_buf_printf(b, "    %-3s account %s makes %s\n", ok ? "ok" : "NO",
	    i->account, name[0] == '\0' ? why.text : name);
}

static void
put_identity(const struct nhi_explain *e, const struct nhi_identity *i,
    const struct claims *c, struct nhi_buf *b)
{
	bool same = i->issuer == c->issuer;
	const char *issuer = e->rules->issuers[i->issuer].name;

	if (!e->json) {
		nhi_buf_printf(b, "  identity %s (issuer %s)%s\n", i->name,
		    issuer, same ? "" : ": the token is another issuer's");
		put_account(e, i, c, b);
	} else {
		nhi_buf_printf(b, "{\"identity\":\"%s\",\"issuer\":\"%s\","
		    "\"issuer_ok\":%s", i->name, issuer,
		    same ? "true" : "false");
		put_account(e, i, c, b);
		nhi_buf_str(b, ",\"matches\":[");
	}
	for (size_t k = 0; k < i->nmatches; k++) {
		nhi_buf_str(b, e->json && k > 0 ? "," : "");
		put_match(e, &i->matches[k], c->all, b);
	}
	nhi_buf_str(b, e->json ? "]}" : "");
}

/* The issuer whose url is iss, else the first. */
static size_t
issuer_of(const struct nhi_rules *r, struct nhi_value claims)
{
	struct nhi_span iss = nhi_json_string(nhi_json_member(claims, "iss"));

	for (size_t k = 0; iss.p != NULL && k < r->nissuers; k++)
		if (nhi_span_is(iss, r->issuers[k].url))
			return k;
	return iss.p == NULL ? 0 : SIZE_MAX;
}

static enum nhi_err
read_claims(const struct nhi_explain *e, struct claims *c,
    struct nhi_why *why)
{
	struct nhi_token_request request = {
		.token = e->bytes, .sources = e->sources,
		.nsources = e->rules->nissuers, .now = e->now,
		.fingerprint = e->fingerprint,
	};
	enum nhi_err err;

	if (!e->claims) {
		/* The issuer takes it so, too. */
		if (e->bytes.n > 0 && e->bytes.p[e->bytes.n - 1] == '\r')
			request.token.n--;
		err = nhi_token_verify(&request, &c->token, why);
		if (err != NHI_OK)
			return err;
		c->all = c->token->claims;
		c->issuer = c->token->source;
		return NHI_OK;
	}
	if ((err = nhi_json_parse(e->bytes, &c->bare, why)) != NHI_OK)
		return err;
	c->all = c->bare;
	c->issuer = issuer_of(e->rules, c->all);
	return c->issuer == SIZE_MAX ? nhi_fail(why, NHI_ERR_ISSUER,
	    "no rule of %s has this iss", e->account) : NHI_OK;
}

static void
put_token(const struct nhi_explain *e, const struct claims *c,
    struct nhi_buf *b)
{
	const char *issuer = e->rules->issuers[c->issuer].name;

	if (c->token == NULL && !e->json)
		nhi_buf_printf(b, "claims   not verified; issuer %s\n",
		    issuer);
	else if (!e->json)
		nhi_buf_printf(b, "token    verified: %s, issuer %s, "
		    "expires %" PRId64 " s after that time\n",
		    nhi_alg_name(c->token->alg), issuer,
		    c->token->exp - e->now);
	else
		nhi_buf_printf(b, "\"verified\":%s,\"issuer\":\"%s\","
		    "\"rules\":[", c->token == NULL ? "false" : "true",
		    issuer);
}

enum nhi_err
nhi_explain_run(const struct nhi_explain *e, struct nhi_explained *ret,
    struct nhi_buf *b, struct nhi_why *why)
{
	NHI_AUTO(wipe) struct claims c = { .token = NULL };
	struct nhi_match_query query = { .account = e->account };
	enum nhi_err err;

	*ret = (struct nhi_explained){ .identity = NHI_EXPLAIN_NONE };
	if ((err = read_claims(e, &c, why)) != NHI_OK)
		return err;
	put_token(e, &c, b);
	for (size_t i = 0; i < e->rules->nidentities; i++) {
		nhi_buf_str(b, e->json && i > 0 ? "," : "");
		put_identity(e, &e->rules->identities[i], &c, b);
	}
	nhi_buf_str(b, e->json ? "]" : "");
	query.issuer = c.issuer;
	query.claims = c.all;
	err = nhi_rules_match(e->rules, &query, &ret->identity, why);
	if (err == NHI_OK && c.token != NULL)
		nhi_num_hex(c.token->mark, sizeof(c.token->mark), ret->mark);
	return err;
}

void
nhi_explain_head(enum nhi_err err, const struct nhi_explained *found,
    const struct nhi_why *why, struct nhi_buf *b)
{
	nhi_buf_printf(b, "%s\n", nhi_err_slug(err));
	if (err == NHI_OK)
		nhi_buf_printf(b, "%zu\n%s\n", found->identity,
		    found->mark);
	else {
		nhi_buf_str(b, "-\n");
		put_plain(b, nhi_span_str(why->text));
		nhi_buf_char(b, '\n');
	}
}
