/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/preset_start.h"
#include "lib/base/num.h"
#include "nhictl/fact.h"

#define VALUE_MAX	(256U << 10)	/* bytes of a value */

struct maker {
	struct nhi_facts all;
	const char *kind;
	const char *name;
	bool failed;			/* no memory */
};

void
nhi_facts_wipe(struct nhi_facts *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->p[i].name);
		free(f->p[i].value);
	}
	free(f->p);
	*f = (struct nhi_facts){ NULL, 0, 0 };
}

int
nhi_fact_compare_thing(const struct nhi_fact *a, const struct nhi_fact *b)
{
	int r = strcmp(a->kind, b->kind);

	return r != 0 ? r : strcmp(a->name, b->name);
}

int
nhi_fact_compare(const struct nhi_fact *a, const struct nhi_fact *b)
{
	int r = nhi_fact_compare_thing(a, b);

	if (r == 0)
		r = strcmp(a->field, b->field);
	return r != 0 ? r : strcmp(a->value, b->value);
}

static int
compare(const void *a, const void *b)
{
	return nhi_fact_compare(a, b);
}

static bool
grow(struct nhi_facts *f)
{
	size_t room = f->room == 0 ? 256 : f->room * 2;
	struct nhi_fact *p;

	if (f->n < f->room)
		return true;
	if (room > SIZE_MAX / sizeof(*p) ||
	    (p = realloc(f->p, room * sizeof(*p))) == NULL)
		return false;
	f->p = p;
	f->room = room;
	return true;
}

static void
put(struct maker *m, const char *field, const char *value)
{
	struct nhi_fact f = { m->kind, strdup(m->name), field,
	    strdup(value) };

	if (f.name == NULL || f.value == NULL || !grow(&m->all)) {
		free(f.name);
		free(f.value);
		m->failed = true;
		return;
	}
	m->all.p[m->all.n++] = f;
}

static void
put_number(struct maker *m, const char *field, int64_t n, const char *zero)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(64);

	nhi_buf_printf(&b, "%" PRId64, n);
	put(m, field, n == 0 && zero != NULL ? zero : nhi_buf_text(&b));
}

static void
put_duration(struct maker *m, const char *field, int64_t n)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(64);

	nhi_preset_put_duration(n, &b);
	put(m, field, n == 0 ? "no limit" : nhi_buf_text(&b));
}

/* The day as policy writes it: good until its end. */
static void
put_day(struct maker *m, const char *field, int64_t end)
{
	char text[NHI_TIME_SIZE];

	nhi_num_time((end - 1) * 1000, text);
	text[sizeof("2027-06-30") - 1] = '\0';
	put(m, field, text);
}

static void
put_bool(struct maker *m, const char *field, bool yes)
{
	put(m, field, yes ? "yes" : "no");
}

/* empty: what an empty list means; NULL: nothing. */
static void
put_list(struct maker *m, const char *field, const struct nhi_list *l,
    const char *empty)
{
	for (size_t i = 0; i < l->n; i++)
		put(m, field, l->p[i]);
	if (l->n == 0 && empty != NULL)
		put(m, field, empty);
}

/* "a/b is "x"", "n in 1 2" */
static void
put_match(struct maker *m, const struct nhi_match *match)
{
	static const char *const ops[] = { [NHI_OP_IS] = "is",
	    [NHI_OP_IN] = "in", [NHI_OP_PREFIX] = "prefix",
	    [NHI_OP_GLOB] = "glob" };
	const char *quote = match->type == NHI_TYPE_STRING ? "\"" : "";
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(VALUE_MAX);

	for (size_t i = 0; i < match->claim.n; i++)
		nhi_buf_printf(&b, "%s%s", i == 0 ? "" : "/",
		    match->claim.p[i]);
	nhi_buf_printf(&b, " %s", ops[match->op]);
	for (size_t i = 0; i < match->values.n; i++)
		nhi_buf_printf(&b, "%s %s%s%s", i == 0 ? "" : ",", quote,
		    match->values.p[i], quote);
	m->failed = m->failed || b.err != NHI_OK;
	put(m, "match", nhi_buf_text(&b));
}

static void
put_identity(struct maker *m, const struct nhi_plan *p,
    const struct nhi_plan_account *a, const struct nhi_identity *i)
{
	m->kind = "identity";
	m->name = i->name;
	put(m, "account", i->account);
	put(m, "issuer", p->issuers[i->issuer].name);
	put(m, "owner", i->owner);
	put(m, "purpose", i->purpose);
	put_day(m, "expires", i->expires);
	for (size_t k = 0; k < i->nmatches; k++)
		put_match(m, &i->matches[k]);
	put_duration(m, "ttl", i->ttl);
	put_list(m, "source", &i->source, "anywhere");
	put_list(m, "window", &i->window, "always");
	put_list(m, "sudo", &i->sudo, NULL);
	put(m, "force_command", i->force_command[0] == '\0' ? "none" :
	    i->force_command);
	put_number(m, "max_sessions", i->max_sessions, "no limit");
	put_bool(m, "pty", i->pty);
	put_bool(m, "forwarding", i->forwarding);
	put_bool(m, "cron", i->cron);
	put_bool(m, "direct", i->direct);
	put_bool(m, "remove_home", i->remove_home);
	put_list(m, "group", &a->groups, NULL);
	put_number(m, "uid", a->uid, "any");
	put(m, "home", a->home);
	put(m, "shell", a->shell);
}

static void
put_issuer(struct maker *m, const struct nhi_issuer *i)
{
	m->kind = "issuer";
	m->name = i->name;
	put(m, "preset", i->preset);
	put(m, "url", i->url);
	put(m, "keys", i->pinned ? i->jwks : "fetched");
	for (uint32_t bit = 1; bit < NHI_ALG_ALL; bit <<= 1)
		if ((i->algs & bit) != 0)
			put(m, "algorithm", nhi_alg_name(bit));
	put_list(m, "audience", &i->audience, NULL);
	put_number(m, "skew", i->skew, NULL);
	put_duration(m, "max_lifetime", i->max_lifetime);
	put_duration(m, "max_age", i->max_age);
	put_number(m, "grace", i->grace, NULL);
	put_number(m, "not_before", i->floor, "any");
	put_number(m, "jwks_stale", i->stale, NULL);
	put_bool(m, "binding", i->bind_key);
	put(m, "reuse", i->reuse_never ? "never" : "same-key");
}

static void
put_host(struct maker *m, const struct nhi_plan *p)
{
	m->kind = "host";
	m->name = p->host_id == NULL ? "" : p->host_id;
	put_list(m, "label", &p->host.labels, NULL);
	put_bool(m, "issues", p->host.issues);
	put_number(m, "per_source", p->host.per_source, NULL);
	put_number(m, "total", p->host.total, NULL);
	put_list(m, "issue_from", &p->host.issue_from, "anywhere");
	put_bool(m, "permit_tty", p->host.permit_tty);
	put_bool(m, "permit_forwarding", p->host.permit_forwarding);
	put_number(m, "retention", p->host.retention, NULL);
	put_number(m, "lowest_uid", p->uids.lo, NULL);
	put_number(m, "highest_uid", p->uids.hi, NULL);
	put_list(m, "trust", &p->trust, NULL);
}

static void
sort(struct nhi_facts *f)
{
	size_t n = 0;

	if (f->n > 1)
		qsort(f->p, f->n, sizeof(*f->p), compare);
	for (size_t i = 0; i < f->n; i++) {
		if (n > 0 && nhi_fact_compare(&f->p[n - 1], &f->p[i]) == 0) {
			free(f->p[i].name);
			free(f->p[i].value);
			continue;
		}
		f->p[n++] = f->p[i];
	}
	f->n = n;
}

enum nhi_err
nhi_facts_make(const struct nhi_plan *p, struct nhi_facts *ret,
    struct nhi_why *why)
{
	struct maker m = { .kind = "" };

	put_host(&m, p);
	for (size_t i = 0; i < p->nissuers; i++)
		put_issuer(&m, &p->issuers[i]);
	for (size_t i = 0; i < p->naccounts; i++)
		for (size_t k = 0; k < p->accounts[i].n; k++)
			put_identity(&m, p, &p->accounts[i],
			    &p->identities[p->accounts[i].first + k]);
	if (m.failed) {
		nhi_facts_wipe(&m.all);
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "policy");
	}
	sort(&m.all);
	*ret = m.all;
	return NHI_OK;
}
