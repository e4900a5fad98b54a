/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that is a set is sorted here, once, so that the order in which
 * an administrator writes reaches neither the digest nor the published files.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/compile.h"
#include "conf/compile_identity.h"
#include "conf/preset.h"

struct compiler {
	const struct nhi_conf *conf;
	const struct nhi_world *world;
	struct nhi_plan *plan;
	struct nhi_why *why;
};

void
nhi_plan_free(struct nhi_plan *p)
{
	if (p == NULL)
		return;
	nhi_host_wipe(&p->host);
	free(p->host_id);
	for (size_t i = 0; i < p->nissuers; i++) {
		nhi_issuer_wipe(&p->issuers[i]);
		nhi_provider_wipe(&p->providers[i]);
	}
	for (size_t i = 0; i < p->nidentities; i++)
		nhi_identity_wipe(&p->identities[i]);
	for (size_t i = 0; i < p->naccounts; i++)
		nhi_list_wipe(&p->accounts[i].groups);
	free(p->issuers);
	free(p->providers);
	free(p->identities);
	free(p->accounts);
	nhi_list_wipe(&p->trust);
	free(p);
}

void
nhi_plan_freep(struct nhi_plan **p)
{
	nhi_plan_free(*p);
	*p = NULL;
}

static enum nhi_err
no_memory(const struct compiler *c)
{
	return nhi_fail(c->why, NHI_ERR_NO_MEMORY, "policy");
}

/* The host */

static enum nhi_err
make_host(struct compiler *c)
{
	const struct nhi_conf_top *top = &c->conf->top;
	struct nhi_host *h = &c->plan->host;

	*h = (struct nhi_host){
		.id = strdup(top->host.id != NULL ? top->host.id :
		    c->world->node),
		.issues = top->issuer.enabled,
		.per_source = (uint32_t)top->issuer.per_source,
		.total = (uint32_t)top->issuer.total,
		.permit_tty = top->sshd.permit_tty,
		.permit_forwarding = top->sshd.permit_forwarding,
		.keyboard = top->sshd.keyboard_interactive,
		.retention = top->retention,
	};
	if (h->id == NULL || (top->host.id != NULL &&
	    (c->plan->host_id = strdup(top->host.id)) == NULL) ||
	    nhi_list_copy_sorted(&top->host.labels, &h->labels) != NHI_OK ||
	    nhi_list_copy_sorted(&top->issue_from, &h->issue_from) != NHI_OK)
		return no_memory(c);
	c->plan->uids = top->uid_range;
	if (top->at[NHI_AT(top, uid_range)].line == 0)
		c->plan->uids = (struct nhi_conf_range){ NHI_UID_LO,
		    NHI_UID_HI };
	return NHI_OK;
}

static enum nhi_err
make_trust(struct compiler *c)
{
	const struct nhi_groups *g = &c->conf->top.trust;
	const struct nhi_conf_trust *t = g->p;
	struct nhi_list all = { NULL, 0 };
	enum nhi_err err = NHI_OK;

	for (size_t i = 0; err == NHI_OK && i < g->n; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(8192);

		nhi_buf_printf(&line, "%s %s", t[i].ca, t[i].host);
		err = line.err != NHI_OK ? line.err :
		    nhi_list_add(&all, nhi_buf_all(&line));
	}
	if (err == NHI_OK)
		err = nhi_list_copy_sorted(&all, &c->plan->trust);
	nhi_list_wipe(&all);
	return err == NHI_OK ? NHI_OK : no_memory(c);
}

/* Issuers */

static int64_t
or_default(const struct nhi_place *at, int64_t value, int64_t fallback)
{
	return at->line != 0 ? value : fallback;
}

static enum nhi_err
copy_texts(const struct nhi_conf_issuer *from, const struct nhi_preset *p,
    struct nhi_issuer *to)
{
	char cache[512];

	(void)snprintf(cache, sizeof(cache), "%s/%s.json", NHI_CACHE_DIR,
	    from->name);
	to->name = strdup(from->name);
	to->preset = strdup(from->preset);
	to->url = strdup(from->url != NULL ? from->url : p->url);
	to->jwks = strdup(from->jwks_file != NULL ? from->jwks_file : cache);
	if (to->name == NULL || to->preset == NULL || to->url == NULL ||
	    to->jwks == NULL)
		return NHI_ERR_NO_MEMORY;
	to->pinned = from->jwks_file != NULL;
	return NHI_OK;
}

static char *
copy(const char *s)
{
	return strdup(s == NULL ? "" : s);
}

/* What nhi-fetch must know, from the settings and the compiled issuer. */
static enum nhi_err
make_provider(const struct nhi_conf_issuer *from, const struct nhi_issuer *i,
    struct nhi_provider *to)
{
	*to = (struct nhi_provider){
		.name = copy(i->name), .preset = copy(i->preset),
		.url = copy(i->url), .jwks = copy(i->jwks),
		.jwks_url = copy(from->jwks_url),
		.ca_file = copy(from->ca_file),
		.bearer_file = copy(from->bearer_file),
		.proxy = copy(from->proxy), .stale = i->stale,
		.pinned = i->pinned,
	};
	if (to->name == NULL || to->preset == NULL || to->url == NULL ||
	    to->jwks == NULL || to->jwks_url == NULL || to->ca_file == NULL ||
	    to->bearer_file == NULL || to->proxy == NULL)
		return NHI_ERR_NO_MEMORY;
	return nhi_list_copy_sorted(&from->redirect_hosts, &to->hosts);
}

static enum nhi_err
make_issuer(struct compiler *c, const struct nhi_conf_issuer *from)
{
	const struct nhi_conf_top *top = &c->conf->top;
	const struct nhi_preset *p = nhi_preset_find(from->preset);
	struct nhi_provider *provider = &c->plan->providers[c->plan->nissuers];
	struct nhi_issuer *to = &c->plan->issuers[c->plan->nissuers++];
	const struct nhi_place *at = from->at;

	if (p == NULL || (from->url == NULL && p->url == NULL))
		return nhi_fail(c->why, NHI_ERR_POLICY_INVALID,
		    "issuer \"%s\": no preset", from->name);
	if (copy_texts(from, p, to) != NHI_OK ||
	    nhi_list_copy_sorted(&from->audience, &to->audience) != NHI_OK ||
	    nhi_preset_provenance(p, to) != NHI_OK)
		return no_memory(c);
	to->algs = (uint32_t)or_default(&at[NHI_AT(issuer, algorithms)],
	    from->algorithms, p->algs_default);
	to->skew = from->skew;
	to->max_lifetime = or_default(&at[NHI_AT(issuer, max_lifetime)],
	    from->max_lifetime, p->max_lifetime);
	to->max_age = from->max_age;
	to->grace = or_default(&at[NHI_AT(issuer, grace)], from->grace,
	    top->grace);
	to->stale = or_default(&at[NHI_AT(issuer, jwks_stale)],
	    from->jwks_stale, top->jwks_stale);
	/* A date is its end; the floor is the beginning of the day. */
	to->floor = from->not_before == 0 ? 0 : from->not_before - NHI_DAY;
	/* SPIFFE: a trust domain is no iss, anything else is. */
	to->need_iss = p->need_iss || strncmp(to->url, "spiffe:", 7) != 0;
	to->need_iat = p->need_iat;
	to->bind_key = from->binding;
	to->reuse_never = from->reuse;
	return make_provider(from, to, provider) == NHI_OK ? NHI_OK :
	    no_memory(c);
}

static int
by_issuer(const void *a, const void *b)
{
	const struct nhi_issuer *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int
by_provider(const void *a, const void *b)
{
	const struct nhi_provider *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static enum nhi_err
make_issuers(struct compiler *c)
{
	const struct nhi_groups *g = &c->conf->top.issuers;
	const struct nhi_conf_issuer *from = g->p;
	enum nhi_err err = NHI_OK;

	c->plan->issuers = calloc(g->n + 1, sizeof(*c->plan->issuers));
	c->plan->providers = calloc(g->n + 1, sizeof(*c->plan->providers));
	if (c->plan->issuers == NULL || c->plan->providers == NULL)
		return no_memory(c);
	for (size_t i = 0; err == NHI_OK && i < g->n; i++)
		err = make_issuer(c, &from[i]);
	if (err == NHI_OK && c->plan->nissuers > 1) {
		qsort(c->plan->issuers, c->plan->nissuers,
		    sizeof(*c->plan->issuers), by_issuer);
		qsort(c->plan->providers, c->plan->nissuers,
		    sizeof(*c->plan->providers), by_provider);
	}
	return err;
}

/* Identities and accounts */

static enum nhi_err
make_identities(struct compiler *c)
{
	const struct nhi_groups *g = &c->conf->top.identities;
	NHI_AUTO(nhi_order_free) struct nhi_order *order = NULL;
	enum nhi_err err = NHI_OK;

	c->plan->identities = calloc(g->n + 1, sizeof(*c->plan->identities));
	c->plan->accounts = calloc(g->n + 1, sizeof(*c->plan->accounts));
	if (c->plan->identities == NULL || c->plan->accounts == NULL ||
	    (order = nhi_order_make(g)) == NULL)
		return no_memory(c);
	for (size_t i = 0; err == NHI_OK && i < g->n; i++)
		err = nhi_compile_identity(&c->conf->top, c->world, &order[i],
		    c->plan, c->why);
	return err;
}

enum nhi_err
nhi_compile(const struct nhi_conf *conf, const struct nhi_world *world,
    struct nhi_plan **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct compiler c = { conf, world, NULL, why };
	enum nhi_err err;

	if ((plan = calloc(1, sizeof(*plan))) == NULL)
		return no_memory(&c);
	c.plan = plan;
	if ((err = make_host(&c)) != NHI_OK ||
	    (err = make_trust(&c)) != NHI_OK ||
	    (err = make_issuers(&c)) != NHI_OK ||
	    (err = make_identities(&c)) != NHI_OK ||
	    (err = nhi_plan_digest(plan, why)) != NHI_OK)
		return err;
	*ret = plan;
	plan = NULL;
	return NHI_OK;
}
