/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: revocations past their need, under the lock of the directory, for one
 * may be made anew meanwhile.  A certificate lives a day at most, so its
 * serial strikes nothing two days later.  An identity's revocation strikes
 * tokens that log in by themselves, too, and those may live a week.  Sudo
 * asks for as long as a session lives that began before.  A token may live
 * far longer than what is made of it, and a key for ever.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/revoke.h"
#include "lib/base/session.h"
#include "nhictl/tick.h"

#define DAY		(24 * 60 * 60)
#define CERT_KEEP	(NHI_CERT_TTL_MAX + DAY)
/* The day of CERT_KEEP covers the clock skew. */
#define IDENTITY_KEEP	(NHI_TOKEN_LIFE_MAX + NHI_TOKEN_GRACE_MAX + CERT_KEEP)
#define TOKEN_KEEP	(400 * DAY)
#define OVER_MAX	256		/* removed in one tick */

struct over {
	const struct nhi_tick *tick;
	struct nhi_revocation r[OVER_MAX];
	size_t n;
};

static int64_t
keep(enum nhi_revoke_kind kind)
{
	switch (kind) {
	case NHI_REVOKE_SERIAL:
		return CERT_KEEP;
	case NHI_REVOKE_IDENTITY:
		return IDENTITY_KEEP;
	case NHI_REVOKE_MARK:
		return TOKEN_KEEP;
	case NHI_REVOKE_KEY:
		break;
	}
	return INT64_MAX;
}

/* A note without time could not be read: somebody must look at it. */
static bool
collect(const struct nhi_revocation *r, void *arg)
{
	struct over *over = arg;

	if (r->time > 0 && r->time <= over->tick->now &&
	    over->tick->now - r->time > keep(r->kind))
		over->r[over->n++] = *r;
	return over->n < OVER_MAX;
}

struct search {
	const struct nhi_revocation *r;
	bool found;
};

static bool
look(const struct nhi_session *s, void *arg)
{
	struct search *search = arg;
	const struct nhi_revocation *r = search->r;
	char serial[24];

	(void)snprintf(serial, sizeof(serial), "%" PRIu64, s->serial);
	search->found =
	    (r->kind == NHI_REVOKE_SERIAL && strcmp(r->name, serial) == 0) ||
	    (r->kind == NHI_REVOKE_MARK && strcmp(r->name, s->mark) == 0) ||
	    (r->kind == NHI_REVOKE_IDENTITY && s->opened <= r->time &&
	    strcmp(r->name, s->identity) == 0);
	return !search->found;
}

enum nhi_err
nhi_tick_revoked(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct over over = { .tick = t };
	enum nhi_err err;

	if ((err = nhi_state_lock(t->revoked, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK ||
	    (err = nhi_revoke_each(t->revoked, collect, &over, why)) != NHI_OK)
		return err;
	for (size_t i = 0; i < over.n; i++) {
		struct search search = { .r = &over.r[i] };

		if ((err = nhi_session_each(t->sessions, look, &search,
		    why)) != NHI_OK)
			return err;
		if (search.found)
			continue;
		if ((err = nhi_revoke_remove(t->revoked, over.r[i].kind,
		    over.r[i].name, why)) != NHI_OK)
			return err;
		(*ret)++;
	}
	return NHI_OK;
}
