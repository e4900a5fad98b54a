/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl issuers: whose tokens are believed, and how fresh their keys are. */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cache.h"
#include "nhictl/issuers.h"
#include "nhictl/nhictl.h"
#include "nhictl/show.h"
#include "nhictl/when.h"

struct listing {
	struct nhi_table table;
	int64_t now;
	bool json;
	bool failed;
};

static void
listing_wipe(struct listing *l)
{
	nhi_table_wipe(&l->table);
}

struct state {
	bool there;		/* a set is */
	int64_t age;
	struct nhi_cache meta;
};

static void
look(const struct nhi_provider *p, int64_t now, struct state *s)
{
	struct stat st;

	*s = (struct state){ .there = stat(p->jwks, &st) == 0 };
	if (s->there)
		s->age = st.st_mtime < now ? now - st.st_mtime : 0;
	if (!p->pinned && (nhi_cache_load(p->jwks, &s->meta, NULL) != NHI_OK ||
	    strcmp(s->meta.url, p->url) != 0)) {
		s->meta = (struct nhi_cache){ .url = "" };
		/* It is not of this url, and nobody believes it. */
		s->there = s->there && st.st_uid == 0;
	}
}

static const char *
keys_word(const struct nhi_provider *p, const struct state *s)
{
	if (p->pinned)
		return "pinned";
	if (!s->there)
		return "missing";
	return s->age > p->stale ? "stale" : "cached";
}

static bool
print_json(const struct nhi_provider *p, const struct state *s)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(16384);

	nhi_show_string(&b, "name", p->name);
	nhi_show_string(&b, "url", p->url);
	nhi_show_string(&b, "preset", p->preset);
	nhi_show_string(&b, "keys", keys_word(p, s));
	nhi_show_string(&b, "file", p->jwks);
	if (s->there)
		nhi_show_number(&b, "age", (uint64_t)s->age);
	if (!p->pinned) {
		nhi_show_number(&b, "stale", (uint64_t)p->stale);
		nhi_show_number(&b, "count", (uint64_t)s->meta.keys);
		nhi_show_string(&b, "from", s->meta.from);
		nhi_show_time(&b, "fetched", s->meta.fetched);
		nhi_show_time(&b, "next", s->meta.next);
	}
	if (s->meta.fault != NHI_OK) {
		nhi_show_string(&b, "fault", nhi_err_slug(s->meta.fault));
		nhi_show_string(&b, "detail", s->meta.detail);
		nhi_show_time(&b, "fault_time", s->meta.fault_time);
	}
	return nhi_show_line(&b);
}

/* "42s", "17m", "5h", "3d" */
static void
put_span(int64_t seconds, char out[static 24])
{
	static const struct {
		int64_t size;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (seconds >= 2 * units[i].size || units[i].size == 1) {
			(void)snprintf(out, 24, "%" PRId64 "%c",
			    seconds / units[i].size, units[i].unit);
			return;
		}
}

static void
add_row(struct listing *l, const struct nhi_provider *p,
    const struct state *s)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf fault = NHI_BUF(2048);
	char age[24] = "-", next[24] = "-", count[24] = "-";

	if (s->there)
		put_span(s->age, age);
	if (s->meta.next > l->now)
		put_span(s->meta.next - l->now, next);
	else if (!p->pinned)
		(void)snprintf(next, sizeof(next), "due");
	if (s->meta.keys > 0)
		(void)snprintf(count, sizeof(count), "%" PRId64,
		    s->meta.keys);
	if (s->meta.fault != NHI_OK) {
		nhi_buf_printf(&fault, "%s: ", nhi_err_slug(s->meta.fault));
		nhi_show_text(&fault, s->meta.detail);
	}
	nhi_table_add(&l->table, p->name);
	nhi_table_add(&l->table, p->preset);
	nhi_table_add(&l->table, keys_word(p, s));
	nhi_table_add(&l->table, count);
	nhi_table_add(&l->table, age);
	nhi_table_add(&l->table, next);
	nhi_table_add(&l->table, p->url);
	nhi_table_add(&l->table, fault.n == 0 ? "-" : nhi_buf_text(&fault));
}

static bool
on_issuer(const struct nhi_provider *p, void *arg)
{
	struct listing *l = arg;
	struct state s;

	look(p, l->now, &s);
	if (l->json)
		l->failed = !print_json(p, &s);
	else
		add_row(l, p, &s);
	return !l->failed;
}

int
nhi_verb_issuers(int argc, char **argv)
{
	static const char *const heads[] = { "ISSUER", "PRESET", "KEYS",
		"COUNT", "AGE", "NEXT", "URL", "LAST FAULT", NULL };
	NHI_AUTO(listing_wipe) struct listing l = {
		.table = { .heads = heads }, .now = nhi_when_now() };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!nhi_ctl_json(argc, argv, &l.json))
		return nhi_ctl_usage("issuers");
	if ((err = nhi_issuers_each(NULL, on_issuer, &l, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (l.failed || (!l.json && !nhi_table_print(&l.table, "no issuers")))
		return nhi_ctl_done(false);
	return nhi_ctl_done(fflush(stdout) == 0);
}
