/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/grant.h"
#include "lib/base/hold.h"
#include "lib/base/mark.h"
#include "lib/base/paths.h"
#include "lib/base/source.h"

enum nhi_err
nhi_grant_alive(const struct nhi_identity *i, int64_t now,
    struct nhi_why *why)
{
	return i->expires > now ? NHI_OK : nhi_fail(why,
	    NHI_ERR_IDENTITY_EXPIRED, "identity %s has expired", i->name);
}

const struct nhi_identity *
nhi_grant_named(const struct nhi_rules *r, const char *name)
{
	for (size_t i = 0; i < r->nidentities; i++)
		if (strcmp(r->identities[i].name, name) == 0)
			return &r->identities[i];
	return NULL;
}

enum nhi_err
nhi_grant_find(const struct nhi_rules *r, uint32_t number,
    const struct nhi_identity **ret, struct nhi_why *why)
{
	if (number >= r->nidentities)
		return nhi_fail(why, NHI_ERR_VERIFIER,
		    "the verdict names no identity of the account");
	*ret = &r->identities[number];
	return NHI_OK;
}

enum nhi_err
nhi_grant_direct(const struct nhi_rules *r, const struct nhi_identity *i,
    struct nhi_why *why)
{
	return nhi_identity_direct(r, i) ? NHI_OK : nhi_fail(why,
	    NHI_ERR_VERIFIER,
	    "the verdict names %s, which has not direct = true", i->name);
}

enum nhi_err
nhi_grant_place(const struct nhi_identity *i, const char *source, int64_t now,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_grant_alive(i, now, why)) != NHI_OK)
		return err;
	if (source != NULL && !nhi_source_in(source, &i->source))
		return nhi_fail(why, NHI_ERR_SOURCE, "%s may not come from %s",
		    i->name, source[0] == '\0' ? "an unknown address" :
		    source);
	return nhi_window_open(&i->window, now) ? NHI_OK : nhi_fail(why,
	    NHI_ERR_WINDOW, "%s may not log in at this time", i->name);
}

enum nhi_err
nhi_grant_stopped(const struct nhi_grant *g, struct nhi_why *why)
{
	const struct nhi_identity *i = g->identity;
	struct nhi_revoke_query query = g->evidence;
	enum nhi_err err;

	query.identity = i->name;
	if ((err = nhi_hold_check(NHI_HOLDS_DIR, g->account, i->name,
	    g->rules->issuers[i->issuer].name, g->now, why)) != NHI_OK)
		return err;
	return nhi_revoke_check(NHI_REVOKED_DIR, &query, why);
}

enum nhi_err
nhi_grant_check(const struct nhi_grant *g, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_grant_place(g->identity, g->source, g->now,
	    why)) != NHI_OK)
		return err;
	return nhi_grant_stopped(g, why);
}

enum nhi_err
nhi_grant_jobs(const struct nhi_rules *r, int64_t now, struct nhi_why *why)
{
	enum nhi_err err;

	err = nhi_fail(why, NHI_ERR_SERVICE,
	    "no identity of the account has cron = true");
	for (size_t n = 0; n < r->nidentities; n++) {
		const struct nhi_identity *i = &r->identities[n];

		if (i->cron && i->expires > now &&
		    (err = nhi_hold_check(NHI_HOLDS_DIR, NULL, i->name,
		    r->issuers[i->issuer].name, now, why)) == NHI_OK)
			return NHI_OK;
	}
	return err;
}

enum nhi_err
nhi_grant_until(const struct nhi_grant *g, int64_t exp, int64_t *ret,
    struct nhi_why *why)
{
	const struct nhi_identity *i = g->identity;
	const int64_t grace = g->rules->issuers[i->issuer].grace;
	int64_t until = g->now + i->ttl;

	if (until > exp + grace)
		until = exp + grace;
	if (until > i->expires)
		until = i->expires;
	if (until <= g->now)
		return nhi_fail(why, NHI_ERR_EXPIRED,
		    "the token has expired, and so has its grace");
	*ret = until;
	return NHI_OK;
}

enum nhi_err
nhi_grant_spend(const struct nhi_issuer *issuer, const struct nhi_verdict *v,
    const char *fingerprint, struct nhi_why *why)
{
	struct nhi_mark mark = {
		.key = fingerprint, .exp = v->exp + issuer->skew,
		.never = fingerprint == NULL || issuer->reuse_never,
	};

	memcpy(mark.hash, v->mark, sizeof(mark.hash));
	return nhi_mark_spend(NHI_MARKS_DIR, &mark, why);
}
