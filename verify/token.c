/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "conf/match.h"
#include "verify/token.h"

#define CLAIM_NAME_MAX	256

/* Of a long one its begin. */
static struct nhi_span
cut(struct nhi_span s, size_t most)
{
	s.n = s.n > most ? most : s.n;
	return s;
}

/*
 * claim.<path joined by '/'>=<value>, for the audit trail.  A job that fills
 * its claims does not hide why it is refused.
 */
static void
put_claim(const struct nhi_token *t, const struct nhi_list *path,
    struct nhi_verdict *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf name = NHI_BUF(CLAIM_NAME_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_VERDICT_BYTES);
	struct nhi_span value;

	if (!nhi_json_text(nhi_json_find(t->claims, path), &text))
		return;
	nhi_buf_str(&name, "claim.");
	for (size_t i = 0; i < path->n; i++)
		nhi_buf_printf(&name, "%s%s", i == 0 ? "" : "/", path->p[i]);
	/* A name that has '=' in it would be read as another name. */
	value = cut(nhi_buf_all(&text), NHI_VERDICT_CLAIM);
	if (name.err == NHI_OK && text.err == NHI_OK &&
	    memchr(name.p, '=', name.n) == NULL &&
	    v->nlines + name.n + value.n + 2 <=
	    NHI_VERDICT_LINES - NHI_VERDICT_DETAIL)
		nhi_verdict_line(v, nhi_buf_text(&name), value);
}

static void
put_issuer(const struct nhi_question *q, size_t source, struct nhi_verdict *v)
{
	nhi_verdict_line(v, "issuer",
	    nhi_span_str(q->rules->issuers[source].name));
}

static void
put_lines(const struct nhi_question *q, const struct nhi_token *t,
    struct nhi_verdict *v)
{
	const struct nhi_issuer *i = &q->rules->issuers[t->source];

	nhi_verdict_line(v, "alg", nhi_span_str(nhi_alg_name(t->alg)));
	if (t->kid.p != NULL)
		nhi_verdict_line(v, "kid", cut(t->kid, NHI_VERDICT_TEXT));
	if (t->subject.p != NULL)
		nhi_verdict_line(v, "subject", cut(t->subject, NHI_VERDICT_TEXT));
	if (t->jti.p != NULL)
		nhi_verdict_line(v, "jti", cut(t->jti, NHI_VERDICT_TEXT));
	for (size_t k = 0; k < i->nprovenance; k++)
		put_claim(t, &i->provenance[k], v);
}

/*
 * Whose keys are missing is told, so that they can be asked for: the policy's
 * name of it, never the token's.  What another of the same url did sign is in
 * the record all the same.
 */
static void
put_refused(const struct nhi_question *q, enum nhi_err err, size_t tried,
    const struct nhi_token *t, struct nhi_verdict *v)
{
	if (tried < q->rules->nissuers && (err == NHI_ERR_KID_UNKNOWN ||
	    err == NHI_ERR_JWKS_MISSING || err == NHI_ERR_JWKS_STALE))
		put_issuer(q, tried, v);
	else if (t != NULL)
		put_issuer(q, t->source, v);
	if (t == NULL)
		return;
	memcpy(v->mark, t->mark, sizeof(v->mark));
	put_lines(q, t, v);
}

enum nhi_err
nhi_verify_bytes(const struct nhi_question *q,
    const struct nhi_token_request *asked, struct nhi_verdict *v,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	NHI_AUTO(nhi_token_freep) struct nhi_token *refused = NULL;
	struct nhi_token_request request = *asked;
	struct nhi_match_query match = { .account = q->account };
	enum nhi_err err;
	size_t index, tried = SIZE_MAX;

	request.sources = q->sources;
	request.nsources = q->rules->nissuers;
	request.ret_tried = &tried;
	request.ret_refused = &refused;
	if ((err = nhi_token_verify(&request, &t, why)) != NHI_OK) {
		put_refused(q, err, tried, refused, v);
		return err;
	}
	memcpy(v->mark, t->mark, sizeof(v->mark));
	v->iat = t->iat < 0 ? 0 : t->iat;
	v->exp = t->exp;
	put_issuer(q, t->source, v);
	put_lines(q, t, v);
	match.issuer = t->source;
	match.claims = t->claims;
	if ((err = nhi_rules_match(q->rules, &match, &index, why)) != NHI_OK)
		return err;
	v->identity = (uint32_t)index;
	/* A refusal has a detail of its own. */
	if (q->notes[t->source].text[0] != '\0')
		nhi_verdict_line(v, "detail",
		    nhi_span_str(q->notes[t->source].text));
	return NHI_OK;
}

enum nhi_err
nhi_verify_token(const struct nhi_question *q, const struct nhi_request *r,
    struct nhi_verdict *v, struct nhi_why *why)
{
	return nhi_verify_bytes(q, &(struct nhi_token_request){
	    .token = r->bytes, .now = r->now, .fingerprint = q->key,
	}, v, why);
}
