/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <time.h>

#include "fetch/document.h"
#include "fetch/refresh.h"
#include "fetch/url.h"

static void
http_answer_wipe(struct nhi_http_answer *a)
{
	nhi_buf_wipe(&a->body);
}

/* From the policy, or from the provider's own discovery document. */
static enum nhi_err
find_address(const struct nhi_http *h, char out[static NHI_CACHE_URL + 1],
    struct nhi_why *why)
{
	NHI_AUTO(http_answer_wipe) struct nhi_http_answer a = NHI_HTTP_ANSWER;
	const struct nhi_provider *p = h->provider;
	char address[NHI_CACHE_URL + 1];
	struct nhi_http_get get = { .url = address, .etag = "",
	    .modified = "", .trusted = true };
	enum nhi_err err;

	if (p->jwks_url[0] != '\0') {
		memcpy(out, p->jwks_url, strlen(p->jwks_url) + 1);
		return NHI_OK;
	}
	if (!nhi_document_address(p->url, address))
		return nhi_fail(why, NHI_ERR_FETCH_ANSWER,
		    "the url is too long");
	if ((err = nhi_http_fetch(h, &get, &a, why)) != NHI_OK)
		return err;
	return nhi_document_discovery(nhi_buf_all(&a.body), p->url, out, why);
}

static void
note_good(struct nhi_cache *m, const struct nhi_http_answer *a, int64_t now,
    int64_t stale)
{
	/* A 304 need not repeat what it confirms (RFC 9110 15.4.5). */
	if (!a->same || a->etag[0] != '\0')
		memcpy(m->etag, a->etag, sizeof(m->etag));
	if (!a->same || a->modified[0] != '\0')
		memcpy(m->modified, a->modified, sizeof(m->modified));
	if (!a->same || a->max_age != 0)
		m->max_age = a->max_age;
	m->fetched = now;
	m->next = nhi_cache_next(now, m->max_age, stale);
	m->fault = NHI_OK;
	m->fault_time = 0;
	m->detail[0] = '\0';
}

static enum nhi_err
fetch_set(struct nhi_store *s, const struct nhi_http *h,
    const char *address, bool *ret_same, struct nhi_why *why)
{
	NHI_AUTO(http_answer_wipe) struct nhi_http_answer a = NHI_HTTP_ANSWER;
	bool known = strcmp(s->meta.from, address) == 0;
	struct nhi_http_get get = {
		.url = address,
		.etag = known ? s->meta.etag : "",
		.modified = known ? s->meta.modified : "",
		/* The policy's own address, or a host it already trusts. */
		.trusted = h->provider->jwks_url[0] != '\0' ||
		    nhi_url_same_host(address, h->provider->url),
	};
	enum nhi_err err;

	if ((err = nhi_http_fetch(h, &get, &a, why)) != NHI_OK)
		return err;
	if (!a.same && (err = nhi_document_keys(nhi_buf_all(&a.body),
	    &s->meta.keys, why)) != NHI_OK)
		return err;
	*ret_same = a.same;
	memcpy(s->meta.from, address, strlen(address) + 1);
	note_good(&s->meta, &a, (int64_t)time(NULL), h->provider->stale);
	return a.same ? nhi_store_touch(s, why) :
	    nhi_store_replace(s, nhi_buf_all(&a.body), why);
}

/* The next try comes soon, and a login that misses a key may ask before. */
static void
note_bad(struct nhi_cache *m, enum nhi_err err, const struct nhi_why *why)
{
	const int64_t now = (int64_t)time(NULL);

	m->fault = err;
	m->fault_time = now;
	m->next = now + NHI_CACHE_NEXT_MIN;
	memcpy(m->detail, why->text, sizeof(m->detail));
}

_Static_assert(sizeof(((struct nhi_cache *)0)->detail) ==
    sizeof(((struct nhi_why *)0)->text), "a detail is a why");

enum nhi_err
nhi_refresh(struct nhi_store *s, const struct nhi_http *h, bool *ret_same,
    struct nhi_why *why)
{
	char address[NHI_CACHE_URL + 1];
	struct nhi_why late;
	enum nhi_err err;

	if ((err = nhi_store_begin(s, why)) != NHI_OK)
		return err;
	if ((err = find_address(h, address, why)) != NHI_OK ||
	    (err = fetch_set(s, h, address, ret_same, why)) != NHI_OK) {
		note_bad(&s->meta, err, why);
		(void)!nhi_store_note(s, &late);
		return err;
	}
	return NHI_OK;
}
