/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing the compiled rules.  What is added here is added to rules_parse.c:
 * test_rules reads back each field that was written.
 */
#include "config.h"

#include <inttypes.h>

#include "lib/base/rules.h"
#include "lib/base/rules_format.h"

static void
put_str(struct nhi_buf *b, const char *s)
{
	nhi_word_put(b, nhi_span_str(s == NULL ? "" : s));
}

static void
put_num(struct nhi_buf *b, int64_t v)
{
	nhi_buf_printf(b, " %" PRId64, v < 0 ? 0 : v);
}

static void
put_list(struct nhi_buf *b, const char *key, const struct nhi_list *l)
{
	if (l->n == 0)
		return;
	nhi_buf_str(b, key);
	for (size_t i = 0; i < l->n; i++)
		put_str(b, l->p[i]);
	nhi_buf_char(b, '\n');
}

static void
format_issuer(const struct nhi_issuer *i, struct nhi_buf *b)
{
	nhi_buf_str(b, "issuer");
	put_str(b, i->name);
	put_str(b, i->preset);
	put_str(b, i->url);
	put_str(b, i->jwks);
	put_num(b, i->algs);
	put_num(b, i->skew);
	put_num(b, i->max_lifetime);
	put_num(b, i->max_age);
	put_num(b, i->grace);
	put_num(b, i->floor);
	put_num(b, i->stale);
	put_num(b, i->pinned);
	put_num(b, i->need_iss);
	put_num(b, i->need_iat);
	put_num(b, i->bind_key);
	put_num(b, i->reuse_never);
	nhi_buf_char(b, '\n');
	put_list(b, "audience", &i->audience);
	for (size_t k = 0; k < i->nprovenance; k++)
		put_list(b, "provenance", &i->provenance[k]);
}

static void
format_match(const struct nhi_match *m, struct nhi_buf *b)
{
	nhi_buf_printf(b, "match %d %d %zu", (int)m->op, (int)m->type,
	    m->claim.n);
	for (size_t i = 0; i < m->claim.n; i++)
		put_str(b, m->claim.p[i]);
	for (size_t i = 0; i < m->values.n; i++)
		put_str(b, m->values.p[i]);
	nhi_buf_char(b, '\n');
}

static void
format_identity(const struct nhi_identity *i, struct nhi_buf *b)
{
	nhi_buf_str(b, "identity");
	put_str(b, i->name);
	put_str(b, i->owner);
	put_str(b, i->purpose);
	put_str(b, i->account);
	put_str(b, i->force_command);
	put_num(b, i->expires);
	put_num(b, (int64_t)i->issuer);
	put_num(b, i->ttl);
	put_num(b, i->max_sessions);
	put_num(b, i->pty);
	put_num(b, i->forwarding);
	put_num(b, i->cron);
	nhi_buf_char(b, '\n');
	put_list(b, "source", &i->source);
	put_list(b, "window", &i->window);
	put_list(b, "sudo", &i->sudo);
	if (i->direct)
		nhi_buf_str(b, "direct 1\n");
	if (i->remove_home)
		nhi_buf_str(b, "remove_home 1\n");
	for (size_t k = 0; k < i->nmatches; k++)
		format_match(&i->matches[k], b);
}

void
nhi_rules_format(const struct nhi_rules *r, struct nhi_buf *b)
{
	nhi_buf_printf(b, NHI_RULES_MAGIC " " NHI_RULES_FORMAT " %s\n",
	    r->digest);
	for (size_t i = 0; i < r->nissuers; i++)
		format_issuer(&r->issuers[i], b);
	for (size_t i = 0; i < r->nidentities; i++)
		format_identity(&r->identities[i], b);
	nhi_buf_str(b, "end\n");
}
