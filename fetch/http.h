/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One document over HTTPS, within the limits that the policy and this file
 * set: TLS 1.2 or later, certificate and name checked, no cookies, no proxy
 * but the policy's, few redirects and those to hosts that the policy knows.
 */
#ifndef NHI_FETCH_HTTP_H
#define NHI_FETCH_HTTP_H

#include "lib/base/cache.h"
#include "lib/base/provider.h"

#define NHI_HTTP_BODY		(1U << 20)	/* bytes */
#define NHI_HTTP_REDIRECTS	3
#define NHI_HTTP_CONNECT_MS	5000
#define NHI_HTTP_TOTAL_MS	10000		/* of a whole refresh */
#define NHI_HTTP_SLOW_BYTES	64		/* a second ... */
#define NHI_HTTP_SLOW_S		5		/* ... for so long: given up */

struct nhi_http {
	void *curl;
	const struct nhi_provider *provider;
	const char *bearer;		/* "" for none */
	int64_t deadline;		/* nhi_clock_ms */
};

struct nhi_http_get {
	const char *url;
	const char *etag;		/* "": unconditional */
	const char *modified;
	bool trusted;			/* may see the bearer token */
};

struct nhi_http_answer {
	bool same;			/* 304 */
	struct nhi_buf body;
	char etag[NHI_CACHE_WORD + 1];
	char modified[NHI_CACHE_WORD + 1];
	int64_t max_age;		/* 0: none told */
};

#define NHI_HTTP_ANSWER	{ .body = NHI_BUF(NHI_HTTP_BODY) }

/* Load what the library needs, before the sandbox closes. */
enum nhi_err	 nhi_http_open(struct nhi_http *, struct nhi_why *) NHI_MUST;
void		 nhi_http_close(struct nhi_http *);

/*
 * NHI_OK: status 200 or 304.  NHI_ERR_FETCH_CONNECT, NHI_ERR_FETCH_TLS,
 * NHI_ERR_FETCH_REDIRECT, NHI_ERR_FETCH_ANSWER.
 */
enum nhi_err	 nhi_http_fetch(const struct nhi_http *,
		    const struct nhi_http_get *, struct nhi_http_answer *,
		    struct nhi_why *) NHI_MUST;

#endif
