/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "fetch/header.h"
#include "lib/base/num.h"

#define AGE_MAX	(365 * 24 * 3600)

static struct nhi_span
trim(struct nhi_span s)
{
	while (s.n > 0 && strchr(" \t", s.p[0]) != NULL) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

/* It is sent back as it is: nothing but printable ASCII. */
static void
put_word(struct nhi_span s, char out[static NHI_CACHE_WORD + 1])
{
	if (s.n > NHI_CACHE_WORD)
		return;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

static bool
named(struct nhi_span s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

/* The smallest max-age; no-store and no-cache mean at once. */
static void
put_age(struct nhi_span value, int64_t *ret)
{
	struct nhi_span part, name;
	uint64_t v;

	while (nhi_span_cut(&value, ',', &part)) {
		part = trim(part);
		if (named(part, "no-store") || named(part, "no-cache"))
			*ret = 1;
		if (!nhi_span_cut(&part, '=', &name) || part.p == NULL ||
		    !named(trim(name), "max-age"))
			continue;
		if (!nhi_num_parse(trim(part), AGE_MAX, &v))
			continue;
		if (*ret == 0 || (int64_t)v < *ret)
			*ret = v == 0 ? 1 : (int64_t)v;
	}
}

void
nhi_header_take(struct nhi_span line, struct nhi_http_answer *a)
{
	struct nhi_span name;

	if (line.n >= 5 && strncasecmp(line.p, "HTTP/", 5) == 0) {
		a->etag[0] = a->modified[0] = '\0';
		a->max_age = 0;
		return;
	}
	if (!nhi_span_cut(&line, ':', &name) || line.p == NULL)
		return;
	if (named(name, "etag"))
		put_word(trim(line), a->etag);
	else if (named(name, "last-modified"))
		put_word(trim(line), a->modified);
	else if (named(name, "cache-control"))
		put_age(line, &a->max_age);
}
