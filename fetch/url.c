/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "fetch/url.h"
#include "lib/base/cache.h"

static void
url_free(CURLU **u)
{
	curl_url_cleanup(*u);
	*u = NULL;
}

static void
part_free(char **p)
{
	curl_free(*p);
	*p = NULL;
}

/* True and a string that curl_free frees. */
static bool
get_part(const char *url, CURLUPart part, char **ret)
{
	NHI_AUTO(url_free) CURLU *u = curl_url();

	return u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) ==
	    CURLUE_OK && curl_url_get(u, part, ret, CURLU_DEFAULT_PORT) ==
	    CURLUE_OK;
}

static bool
has_part(const char *url, CURLUPart part)
{
	NHI_AUTO(part_free) char *p = NULL;

	return get_part(url, part, &p);
}

bool
nhi_url_valid(const char *url)
{
	NHI_AUTO(part_free) char *scheme = NULL;

	if (strlen(url) > NHI_CACHE_URL)
		return false;
	for (const char *p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return get_part(url, CURLUPART_SCHEME, &scheme) &&
	    strcmp(scheme, "https") == 0 && has_part(url, CURLUPART_HOST) &&
	    !has_part(url, CURLUPART_USER) &&
	    !has_part(url, CURLUPART_PASSWORD) &&
	    !has_part(url, CURLUPART_FRAGMENT);
}

bool
nhi_url_same_host(const char *a, const char *b)
{
	NHI_AUTO(part_free) char *host_a = NULL;
	NHI_AUTO(part_free) char *host_b = NULL;
	NHI_AUTO(part_free) char *port_a = NULL;
	NHI_AUTO(part_free) char *port_b = NULL;

	return get_part(a, CURLUPART_HOST, &host_a) &&
	    get_part(b, CURLUPART_HOST, &host_b) &&
	    get_part(a, CURLUPART_PORT, &port_a) &&
	    get_part(b, CURLUPART_PORT, &port_b) &&
	    strcasecmp(host_a, host_b) == 0 && strcmp(port_a, port_b) == 0;
}

bool
nhi_url_listed(const struct nhi_list *hosts, const char *url)
{
	NHI_AUTO(part_free) char *host = NULL;

	if (!get_part(url, CURLUPART_HOST, &host))
		return false;
	for (size_t i = 0; i < hosts->n; i++)
		if (strcasecmp(hosts->p[i], host) == 0)
			return true;
	return false;
}
