/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cache.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/ssh/trusted.h"
#include "verify/question.h"

/*
 * The set is of the url that the policy names now: read before the set is
 * opened, since it changes after the old set is gone and before a new one is
 * there.  What root itself put into the cache needs no notes.
 */
static enum nhi_err
check_source(const struct nhi_issuer *i, struct nhi_cache *ret,
    struct nhi_why *why)
{
	struct stat st;

	if (lstat(i->jwks, &st) != 0 || st.st_uid == 0)
		return NHI_OK;
	if (nhi_cache_load(i->jwks, ret, why) != NHI_OK ||
	    strcmp(ret->url, i->url) != 0)
		return nhi_fail(why, NHI_ERR_JWKS_MISSING,
		    "%s: not of %.100s", i->jwks, i->url);
	return NHI_OK;
}

/* A cached set is the fetcher's, whose work is told by its owner and age. */
static enum nhi_err
check_cached(int fd, const struct nhi_issuer *i, int64_t now,
    struct nhi_why *why)
{
	struct stat st, fetcher;

	if (fstat(fd, &st) != 0 || lstat(NHI_ID_FETCH, &fetcher) != 0 ||
	    (st.st_uid != 0 && st.st_uid != fetcher.st_uid) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return nhi_fail(why, NHI_ERR_JWKS, "%s: not the fetcher's",
		    i->jwks);
	if (i->stale > 0 && st.st_mtime + i->stale < now)
		return nhi_fail(why, NHI_ERR_JWKS_STALE,
		    "%s: not refreshed for %lld s", i->jwks,
		    (long long)(now - st.st_mtime));
	return NHI_OK;
}

static enum nhi_err
open_jwks(const struct nhi_issuer *i, int64_t now, struct nhi_buf *ret,
    struct nhi_why *note)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct nhi_cache meta = { .fault = NHI_OK };
	struct nhi_why ignored, *why = &ignored;
	enum nhi_err err;

	if (!i->pinned && (err = check_source(i, &meta, why)) != NHI_OK)
		return err;
	if (nhi_file_open(AT_FDCWD, i->jwks,
	    i->pinned ? NHI_FILE_ROOT : NHI_FILE_ANY, &fd, why) != NHI_OK)
		return errno == ENOENT ? NHI_ERR_JWKS_MISSING : NHI_ERR_JWKS;
	if (!i->pinned && (err = check_cached(fd, i, now, why)) != NHI_OK)
		return err;
	if (meta.fault != NHI_OK)
		(void)nhi_fail(note, meta.fault, "keys of %s: last fetched "
		    "%lld s ago; %s: %.90s", i->name,
		    (long long)(now - meta.fetched),
		    nhi_err_slug(meta.fault), meta.detail);
	return nhi_file_slurp(fd, ret, why) == NHI_OK ? NHI_OK : NHI_ERR_JWKS;
}

static enum nhi_err
open_sources(struct nhi_question *q, int64_t now, struct nhi_why *why)
{
	size_t n = q->rules->nissuers;

	q->jwks = calloc(n, sizeof(*q->jwks));
	q->sources = calloc(n, sizeof(*q->sources));
	q->notes = calloc(n, sizeof(*q->notes));
	if (q->jwks == NULL || q->sources == NULL || q->notes == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "key sets");
	for (size_t k = 0; k < n; k++) {
		q->jwks[k].limit = NHI_QUESTION_JWKS;
		q->sources[k].issuer = &q->rules->issuers[k];
		q->sources[k].fault = open_jwks(&q->rules->issuers[k], now,
		    &q->jwks[k], &q->notes[k]);
		if (q->sources[k].fault == NHI_OK)
			q->sources[k].jwks = nhi_buf_all(&q->jwks[k]);
	}
	return NHI_OK;
}

enum nhi_err
nhi_question_open(struct nhi_question *q, enum nhi_verdict_kind kind,
    const char *generation, int64_t now, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_policy_open_generation(NHI_PUBLISHED_DIR, generation,
	    &q->policy, why)) != NHI_OK ||
	    (err = nhi_policy_rules(&q->policy, q->account, &q->entry,
	    &q->rules, why)) != NHI_OK)
		return err;
	if (kind == NHI_KIND_CERTIFICATE)
		return nhi_file_read(AT_FDCWD, NHI_CA_TRUSTED, NHI_FILE_ROOT,
		    &q->trusted, why);
	return open_sources(q, now, why);
}

/* Of a type that cannot be told, all. */
static uint32_t
algs_of_key(enum nhi_ssh_type type)
{
	switch (type) {
	case NHI_SSH_ED25519:
		return NHI_ALG_EDDSA;
	case NHI_SSH_P256:
		return NHI_ALG_ES256;
	case NHI_SSH_P384:
		return NHI_ALG_ES384;
	case NHI_SSH_P521:
		return NHI_ALG_ES512;
	case NHI_SSH_RSA:
		return NHI_ALG_RS256 | NHI_ALG_RS512;
	case NHI_SSH_TYPES:
		break;
	}
	return NHI_ALG_ALL;
}

static uint32_t
algs_of_trusted(const struct nhi_question *q)
{
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *list = NULL;
	struct nhi_why ignored;
	uint32_t algs = 0;

	if (nhi_ssh_trusted_parse(nhi_buf_all(&q->trusted), &list,
	    &ignored) != NHI_OK)
		return 0;
	for (size_t i = 0; i < list->n; i++)
		algs |= algs_of_key(list->keys[i]->type);
	return algs;
}

/* As the certificate calls itself. */
static uint32_t
algs_of_type(const char *word)
{
	struct nhi_span suffix = NHI_SPAN(NHI_SSH_CERT_SUFFIX);
	struct nhi_span name = nhi_span_str(word);
	enum nhi_ssh_type type = NHI_SSH_TYPES;

	if (nhi_ssh_cert_is_type(name)) {
		name.n -= suffix.n;
		(void)nhi_ssh_type_find(name, &type);
	}
	return algs_of_key(type);
}

uint32_t
nhi_question_algs(const struct nhi_question *q, enum nhi_verdict_kind kind)
{
	uint32_t algs = 0;

	if (kind == NHI_KIND_CERTIFICATE)
		return algs_of_trusted(q);
	if (kind == NHI_KIND_DIRECT)
		algs = algs_of_type(q->key);
	for (size_t i = 0; q->rules != NULL && i < q->rules->nissuers; i++)
		algs |= q->rules->issuers[i].algs;
	return algs;
}

void
nhi_question_wipe(struct nhi_question *q)
{
	for (size_t k = 0; q->jwks != NULL && k < q->rules->nissuers; k++)
		nhi_buf_wipe(&q->jwks[k]);
	free(q->jwks);
	free(q->sources);
	free(q->notes);
	q->notes = NULL;
	q->jwks = NULL;
	q->sources = NULL;
	nhi_rules_freep(&q->rules);
	nhi_buf_wipe(&q->trusted);
}
