/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redirects are followed here and not by libcurl, so that each is held
 * against the policy, and told as what it is.
 */
#include "config.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/header.h"
#include "fetch/protocol.h"
#include "fetch/url.h"
#include "lib/base/spawn.h"

#define AGENT	"nhi/" PACKAGE_VERSION

/* The library */

enum nhi_err
nhi_http_open(struct nhi_http *h, struct nhi_why *why)
{
	if (curl_global_init(CURL_GLOBAL_SSL) != CURLE_OK ||
	    (h->curl = curl_easy_init()) == NULL)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "libcurl cannot be used");
	return NHI_OK;
}

void
nhi_http_close(struct nhi_http *h)
{
	if (h->curl != NULL)
		curl_easy_cleanup(h->curl);
	h->curl = NULL;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct nhi_buf *b = arg;

	if (size != 1)
		return 0;
	nhi_buf_put(b, p, n);
	return b->err == NHI_OK ? n : 0;
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	if (size != 1)
		return 0;
	nhi_header_take((struct nhi_span){ p, n }, arg);
	return n;
}

/* What never changes between two requests. */
static bool
set_limits(CURL *c, const struct nhi_provider *p)
{
	bool ca = p->ca_file[0] != '\0';

	return nhi_protocol_limit(c) &&
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	    /* With a CA file, the host's own directory is not asked. */
	    (!ca || (curl_easy_setopt(c, CURLOPT_CAINFO, p->ca_file) ==
	    CURLE_OK && curl_easy_setopt(c, CURLOPT_CAPATH, NULL) ==
	    CURLE_OK)) &&
	    curl_easy_setopt(c, CURLOPT_PROXY, p->proxy) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ==
	    CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_USERAGENT, AGENT) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)NHI_HTTP_CONNECT_MS) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT,
	    (long)NHI_HTTP_SLOW_BYTES) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME,
	    (long)NHI_HTTP_SLOW_S) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_MAXFILESIZE, (long)NHI_HTTP_BODY) ==
	    CURLE_OK;
}

/* Headers of a request */

struct headers {
	struct curl_slist *list;
	bool failed;
};

static void
headers_free(struct headers *h)
{
	curl_slist_free_all(h->list);
	h->list = NULL;
}

static void
add(struct headers *h, const char *name, const char *value)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(32768);
	struct curl_slist *more;

	if (value[0] == '\0')
		return;
	nhi_buf_printf(&line, "%s%s", name, value);
	more = line.err != NHI_OK ? NULL :
	    curl_slist_append(h->list, nhi_buf_text(&line));
	if (more == NULL)
		h->failed = true;
	else
		h->list = more;
}

static bool
set_request(const struct nhi_http *h, const struct nhi_http_get *g,
    struct nhi_http_answer *a, struct headers *headers)
{
	int64_t left = h->deadline - nhi_clock_ms();

	add(headers, "Accept: ", "application/json");
	add(headers, "If-None-Match: ", g->etag);
	add(headers, "If-Modified-Since: ", g->modified);
	if (g->trusted)
		add(headers, "Authorization: Bearer ", h->bearer);
	return !headers->failed &&
	    curl_easy_setopt(h->curl, CURLOPT_URL, g->url) == CURLE_OK &&
	    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers->list) ==
	    CURLE_OK &&
	    curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS,
	    (long)(left > 0 ? left : 1)) == CURLE_OK &&
	    curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_body) ==
	    CURLE_OK &&
	    curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, &a->body) ==
	    CURLE_OK &&
	    curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, on_header) ==
	    CURLE_OK &&
	    curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, a) == CURLE_OK;
}

static enum nhi_err
failed(CURLcode code, const char *said, const char *url, struct nhi_why *why)
{
	const char *text = said[0] != '\0' ? said : curl_easy_strerror(code);
	enum nhi_err err = NHI_ERR_FETCH_CONNECT;

	if (code == CURLE_FILESIZE_EXCEEDED || code == CURLE_WRITE_ERROR)
		return nhi_fail(why, NHI_ERR_FETCH_ANSWER,
		    "%.90s: more than %u bytes", url, NHI_HTTP_BODY);
	if (code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CIPHER ||
	    code == CURLE_SSL_CACERT_BADFILE ||
	    code == CURLE_SSL_ISSUER_ERROR ||
	    code == CURLE_USE_SSL_FAILED)
		err = NHI_ERR_FETCH_TLS;
	else if (code == CURLE_WEIRD_SERVER_REPLY ||
	    code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE ||
	    code == CURLE_BAD_CONTENT_ENCODING)
		err = NHI_ERR_FETCH_ANSWER;
	return nhi_fail(why, err, "%.90s: %.100s", url, text);
}

/* One request, one answer. */
static enum nhi_err
perform(const struct nhi_http *h, const struct nhi_http_get *g,
    struct nhi_http_answer *a, long *ret_status, struct nhi_why *why)
{
	NHI_AUTO(headers_free) struct headers headers = { NULL, false };
	char said[CURL_ERROR_SIZE] = "";
	CURLcode code;

	curl_easy_reset(h->curl);
	nhi_buf_reset(&a->body);
	if (!set_limits(h->curl, h->provider) ||
	    !set_request(h, g, a, &headers) ||
	    curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, said) != CURLE_OK)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "libcurl does not take an option");
	code = curl_easy_perform(h->curl);
	(void)curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, NULL);
	if (code != CURLE_OK)
		return failed(code, said, g->url, why);
	if (curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, ret_status) !=
	    CURLE_OK)
		return nhi_fail(why, NHI_ERR_INTERNAL, "no status");
	return NHI_OK;
}

/* Where the answer leads, if the policy goes there. */
static enum nhi_err
follow(const struct nhi_http *h, const char *first,
    char out[static NHI_CACHE_URL + 1], struct nhi_why *why)
{
	char *to = NULL;

	if (curl_easy_getinfo(h->curl, CURLINFO_REDIRECT_URL, &to) !=
	    CURLE_OK || to == NULL)
		return nhi_fail(why, NHI_ERR_FETCH_ANSWER,
		    "%.120s: a redirect that leads nowhere", first);
	if (!nhi_url_valid(to))
		return nhi_fail(why, NHI_ERR_FETCH_REDIRECT,
		    "redirected to %.120s, which is not https://", to);
	if (!nhi_url_same_host(first, to) &&
	    !nhi_url_listed(&h->provider->hosts, to))
		return nhi_fail(why, NHI_ERR_FETCH_REDIRECT,
		    "redirected to another host: %.120s", to);
	memcpy(out, to, strlen(to) + 1);
	return NHI_OK;
}

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

enum nhi_err
nhi_http_fetch(const struct nhi_http *h, const struct nhi_http_get *g,
    struct nhi_http_answer *a, struct nhi_why *why)
{
	struct nhi_http_get step = *g;
	char url[NHI_CACHE_URL + 1];
	enum nhi_err err;
	long status = 0;

	for (unsigned int i = 0; ; i++) {
		if ((err = perform(h, &step, a, &status, why)) != NHI_OK)
			return err;
		if (!is_redirect(status))
			break;
		if (i == NHI_HTTP_REDIRECTS)
			return nhi_fail(why, NHI_ERR_FETCH_REDIRECT,
			    "%.120s: more than %d redirects", g->url,
			    NHI_HTTP_REDIRECTS);
		if ((err = follow(h, g->url, url, why)) != NHI_OK)
			return err;
		step.url = url;
		step.trusted = g->trusted && nhi_url_same_host(g->url, url);
	}
	a->same = status == 304 && (g->etag[0] != '\0' ||
	    g->modified[0] != '\0');
	if (status != 200 && !a->same)
		return nhi_fail(why, NHI_ERR_FETCH_ANSWER,
		    "%.120s: status %ld", g->url, status);
	return NHI_OK;
}
