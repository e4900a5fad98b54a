/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cache.h"
#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/rules.h"

#define HEAD	"nhi-cache 1"
#define END	"end"
#define UNDER_WAY_MAX	20	/* s; nhi-fetch itself ends before */

enum kind { TEXT, NUMBER, FAULT };

#define ROW(name, kind, member)						\
	{ name, kind, offsetof(struct nhi_cache, member),		\
	    sizeof(((struct nhi_cache *)0)->member) }

/* The lines in their order. */
static const struct row {
	const char *name;
	enum kind kind;
	size_t at;
	size_t size;
} rows[] = {
	ROW("url", TEXT, url),
	ROW("from", TEXT, from),
	ROW("etag", TEXT, etag),
	ROW("modified", TEXT, modified),
	ROW("max-age", NUMBER, max_age),
	ROW("keys", NUMBER, keys),
	ROW("fetched", NUMBER, fetched),
	ROW("next", NUMBER, next),
	ROW("fault", FAULT, fault),
	ROW("fault-time", NUMBER, fault_time),
	ROW("detail", TEXT, detail),
	/* End of the lines */
};
#define ROWS	(sizeof(rows) / sizeof(rows[0]))

void
nhi_cache_format(const struct nhi_cache *c, struct nhi_buf *b)
{
	nhi_buf_str(b, HEAD "\n");
	for (size_t i = 0; i < ROWS; i++) {
		const char *p = (const char *)c + rows[i].at;
		int64_t number;

		nhi_buf_str(b, rows[i].name);
		if (rows[i].kind == TEXT) {
			nhi_word_put(b, nhi_span_str(p));
		} else if (rows[i].kind == FAULT) {
			nhi_buf_printf(b, " %s", nhi_err_slug(c->fault));
		} else {
			memcpy(&number, p, sizeof(number));
			nhi_buf_printf(b, " %" PRId64, number < 0 ? 0 :
			    number);
		}
		nhi_buf_char(b, '\n');
	}
	nhi_buf_str(b, END "\n");
}

static bool
read_text(struct nhi_span value, char *out, size_t size)
{
	char *s = NULL;
	size_t n;

	if (nhi_word_cut(&value, &s) != NHI_OK)
		return false;
	n = strlen(s);
	if (value.p == NULL && n < size)
		memcpy(out, s, n + 1);
	else
		size = 0;
	free(s);
	return size != 0;
}

static bool
read_row(const struct row *row, struct nhi_span value, struct nhi_cache *c)
{
	char *p = (char *)c + row->at, slug[32];
	uint64_t v;
	int64_t number;

	if (row->kind == TEXT)
		return read_text(value, p, row->size);
	if (row->kind == FAULT) {
		if (!read_text(value, slug, sizeof(slug)))
			return false;
		c->fault = nhi_err_find(slug);
		return c->fault != NHI_ERR_COUNT;
	}
	if (!nhi_num_parse(value, INT64_MAX / 2, &v))
		return false;
	number = (int64_t)v;
	memcpy(p, &number, sizeof(number));
	return true;
}

static bool
read_all(struct nhi_span text, struct nhi_cache *c)
{
	struct nhi_span line, name;

	if (!nhi_span_cut(&text, '\n', &line) || !nhi_span_is(line, HEAD))
		return false;
	for (size_t i = 0; i < ROWS; i++)
		if (!nhi_span_cut(&text, '\n', &line) ||
		    !nhi_span_cut(&line, ' ', &name) || line.p == NULL ||
		    !nhi_span_is(name, rows[i].name) ||
		    !read_row(&rows[i], line, c))
			return false;
	return nhi_span_cut(&text, '\n', &line) && nhi_span_is(line, END) &&
	    text.p != NULL && text.n == 0;
}

enum nhi_err
nhi_cache_parse(struct nhi_span text, struct nhi_cache *ret,
    struct nhi_why *why)
{
	struct nhi_cache c = { .url = "" };

	if (!read_all(text, &c))
		return nhi_fail(why, NHI_ERR_STATE,
		    "what stands beside the key set is malformed");
	*ret = c;
	return NHI_OK;
}

static bool
beside(const char *jwks, const char *end, char *out, size_t size)
{
	size_t n = strlen(jwks);

	if (n < 5 || strcmp(jwks + n - 5, ".json") != 0)
		return false;
	return snprintf(out, size, "%.*s%s", (int)(n - 5), jwks, end) <
	    (int)size;
}

bool
nhi_cache_path(const char *jwks, char *out, size_t size)
{
	return beside(jwks, ".meta", out, size);
}

bool
nhi_cache_lock_path(const char *jwks, char *out, size_t size)
{
	return beside(jwks, ".lock", out, size);
}

enum nhi_err
nhi_cache_load(const char *jwks, struct nhi_cache *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_CACHE_META_MAX);
	char path[512];

	if (!nhi_cache_path(jwks, path, sizeof(path)))
		return nhi_fail(why, NHI_ERR_STATE, "%s: not in the cache",
		    jwks);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &text, why) != NHI_OK)
		return NHI_ERR_STATE;
	errno = 0;
	return nhi_cache_parse(nhi_buf_all(&text), ret, why);
}

int64_t
nhi_cache_next(int64_t now, int64_t max_age, int64_t stale)
{
	int64_t wait = NHI_CACHE_NEXT_MAX;

	if (max_age > 0 && max_age < wait)
		wait = max_age;
	if (stale > 0 && stale / 4 < wait)
		wait = stale / 4;
	if (wait < NHI_CACHE_NEXT_MIN)
		wait = NHI_CACHE_NEXT_MIN;
	return now + wait;
}

bool
nhi_cache_due(const struct nhi_cache *c, int64_t now)
{
	return now >= c->next || c->next > now + NHI_CACHE_NEXT_MAX;
}

bool
nhi_cache_recent(const struct nhi_cache_mark *m, int64_t now)
{
	return m->tried <= now && now - m->tried < NHI_CACHE_RATE;
}

void
nhi_cache_mark(const char *jwks, int64_t now, struct nhi_cache_mark *ret)
{
	char path[512];
	struct stat st;

	*ret = (struct nhi_cache_mark){ .tried = 0 };
	if (!nhi_cache_lock_path(jwks, path, sizeof(path)) ||
	    lstat(path, &st) != 0)
		return;
	ret->tried = st.st_mtime;
	/* One that was killed left its mark behind. */
	ret->under_way = st.st_size != 0 && ret->tried <= now &&
	    now - ret->tried < UNDER_WAY_MAX;
}
