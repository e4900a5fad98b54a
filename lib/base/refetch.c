/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/cache.h"
#include "lib/base/refetch.h"
#include "lib/base/spawn.h"

/* The answer is for people; what counts is in the cache then. */
#define ANSWER_MAX	4096

const struct nhi_issuer *
nhi_refetch_issuer(const struct nhi_rules *rules, const struct nhi_verdict *v)
{
	char name[65];

	if (v->reason != NHI_ERR_KID_UNKNOWN &&
	    v->reason != NHI_ERR_JWKS_MISSING &&
	    v->reason != NHI_ERR_JWKS_STALE)
		return NULL;
	nhi_verdict_value(v, "issuer", name, sizeof(name));
	for (size_t i = 0; i < rules->nissuers; i++)
		if (!rules->issuers[i].pinned &&
		    strcmp(rules->issuers[i].name, name) == 0)
			return &rules->issuers[i];
	return NULL;
}

/* execve(2) takes strings that may be written to; nobody writes to these. */
static char *
arg(const char *s)
{
	union { const char *in; char *out; } u = { .in = s };

	return u.out;
}

static void
ask(const char *drop, const char *issuer)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf answer = NHI_BUF(ANSWER_MAX);
	char *const argv[] = { arg(drop), arg("fetch"), arg(issuer),
		arg("asked"), NULL };
	int64_t deadline = nhi_clock_ms() + NHI_REFETCH_MS;
	struct nhi_spawn child;
	struct nhi_why why;

	if (nhi_spawn_start(argv, &child, &why) != NHI_OK)
		return;
	(void)!nhi_spawn_talk(&child, (struct nhi_span){ "", 0 }, deadline,
	    &answer, &why);
	(void)nhi_spawn_end(&child, deadline, false);
}

enum nhi_refetch
nhi_refetch(const char *drop, const struct nhi_issuer *issuer, int64_t since)
{
	int64_t now = (int64_t)time(NULL);
	struct nhi_cache_mark mark;
	struct stat st;

	nhi_cache_mark(issuer->jwks, now, &mark);
	if (mark.under_way || !nhi_cache_recent(&mark, now))
		ask(drop, issuer->name);
	/* A set that was replaced or confirmed since may hold the key. */
	if (stat(issuer->jwks, &st) == 0 && st.st_mtime >= since)
		return NHI_REFETCH_AGAIN;
	nhi_cache_mark(issuer->jwks, (int64_t)time(NULL), &mark);
	return mark.under_way ? NHI_REFETCH_BUSY : NHI_REFETCH_NONE;
}
