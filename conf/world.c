/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "conf/world.h"
#include "lib/base/file.h"
#include "lib/base/num.h"

#define WORLD_FILE	(64U << 20)

const struct nhi_world_paths nhi_world_host = {
	"/etc/passwd", "/etc/group", "/etc/subuid", "/etc/subgid",
	"/proc/self/uid_map", "/proc/self/gid_map"
};

static void
wipe_names(struct nhi_world_names *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->p[i].name);
		free(l->p[i].members);
	}
	free(l->p);
}

void
nhi_world_wipe(struct nhi_world *w)
{
	wipe_names(&w->users);
	wipe_names(&w->groups);
	free(w->sub.p);
	free(w->uids.p);
	free(w->gids.p);
	*w = (struct nhi_world){ 0 };
}

/* Room for one more, zeroed; NULL when there is no memory. */
static void *
add(void **array, size_t *n, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 64 : *room * 2;
	char *p;

	if (*n == *room) {
		if ((p = realloc(*array, more * size)) == NULL)
			return NULL;
		*array = p;
		*room = more;
	}
	p = (char *)*array + (*n)++ * size;
	memset(p, 0, size);
	return p;
}

static char *
dup_span(struct nhi_span s)
{
	return strndup(s.p == NULL ? "" : s.p, s.n);
}

/* name:x:id:gid or members:...; what is no such line is skipped. */
static enum nhi_err
take_name(struct nhi_span line, bool group, struct nhi_world_names *ret)
{
	struct nhi_span name, word, id, last = { NULL, 0 };
	struct nhi_world_name *e;
	uint64_t number, gid = 0;

	if (!nhi_span_cut(&line, ':', &name) || name.n == 0 ||
	    !nhi_span_cut(&line, ':', &word) ||
	    !nhi_span_cut(&line, ':', &id) ||
	    !nhi_num_parse(id, UINT32_MAX, &number) ||
	    !nhi_span_cut(&line, ':', &last))
		return NHI_OK;
	if (!group && !nhi_num_parse(last, UINT32_MAX, &gid))
		return NHI_OK;
	e = add((void **)&ret->p, &ret->n, &ret->room, sizeof(*e));
	if (e == NULL || (e->name = dup_span(name)) == NULL ||
	    (group && (e->members = dup_span(last)) == NULL))
		return NHI_ERR_NO_MEMORY;
	e->id = (uint32_t)number;
	e->gid = (uint32_t)gid;
	return NHI_OK;
}

static enum nhi_err
take_user(struct nhi_span line, void *ret)
{
	return take_name(line, false, ret);
}

static enum nhi_err
take_group(struct nhi_span line, void *ret)
{
	return take_name(line, true, ret);
}

static enum nhi_err
add_span(struct nhi_world_spans *l, uint64_t first, uint64_t count)
{
	struct nhi_world_span *e = add((void **)&l->p, &l->n, &l->room,
	    sizeof(*e));

	if (e == NULL)
		return NHI_ERR_NO_MEMORY;
	*e = (struct nhi_world_span){ first, count };
	return NHI_OK;
}

/* name:first:count */
static enum nhi_err
take_sub(struct nhi_span line, void *ret)
{
	struct nhi_span name, first;
	uint64_t a, n;

	if (!nhi_span_cut(&line, ':', &name) ||
	    !nhi_span_cut(&line, ':', &first) ||
	    !nhi_num_parse(first, UINT32_MAX, &a) ||
	    !nhi_num_parse(line, UINT32_MAX, &n) || n == 0)
		return NHI_OK;
	return add_span(ret, a, n);
}

/* Three numbers with blanks before each. */
static enum nhi_err
take_map(struct nhi_span line, void *ret)
{
	struct nhi_span word;
	uint64_t v[3];
	size_t n = 0;

	while (nhi_span_cut(&line, ' ', &word)) {
		if (word.n == 0)
			continue;
		if (n == 3 || !nhi_num_parse(word, UINT32_MAX, &v[n++]))
			return NHI_OK;
	}
	return n != 3 ? NHI_OK : add_span(ret, v[0], v[2]);
}

static enum nhi_err
each_line(const char *path, bool missing,
    enum nhi_err (*take)(struct nhi_span, void *), void *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(WORLD_FILE);
	struct nhi_span rest, line;
	enum nhi_err err;

	err = nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &text, why);
	if (err != NHI_OK)
		return missing && errno == ENOENT ? NHI_OK : err;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line))
		if ((err = take(line, ret)) != NHI_OK)
			return nhi_fail(why, err, "%s", path);
	return NHI_OK;
}

static int
compare_names(const void *a, const void *b)
{
	const struct nhi_world_name *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int
compare_key(const void *key, const void *element)
{
	const struct nhi_world_name *x = element;

	return strcmp(key, x->name);
}

static int
compare_spans(const void *a, const void *b)
{
	const struct nhi_world_span *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static void
sort(struct nhi_world *w)
{
	struct nhi_world_spans *spans[] = { &w->sub, &w->uids, &w->gids };

	if (w->users.n > 1)
		qsort(w->users.p, w->users.n, sizeof(*w->users.p),
		    compare_names);
	if (w->groups.n > 1)
		qsort(w->groups.p, w->groups.n, sizeof(*w->groups.p),
		    compare_names);
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (spans[i]->n > 1)
			qsort(spans[i]->p, spans[i]->n, sizeof(*spans[i]->p),
			    compare_spans);
}

enum nhi_err
nhi_world_load(const struct nhi_world_paths *p, struct nhi_world *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_world_wipe) struct nhi_world w = { 0 };
	struct utsname uts;
	enum nhi_err err;

	if ((err = each_line(p->passwd, false, take_user, &w.users,
	    why)) != NHI_OK ||
	    (err = each_line(p->group, false, take_group, &w.groups,
	    why)) != NHI_OK ||
	    (err = each_line(p->subuid, true, take_sub, &w.sub,
	    why)) != NHI_OK ||
	    (err = each_line(p->subgid, true, take_sub, &w.sub,
	    why)) != NHI_OK ||
	    (err = each_line(p->uid_map, false, take_map, &w.uids,
	    why)) != NHI_OK ||
	    (err = each_line(p->gid_map, false, take_map, &w.gids,
	    why)) != NHI_OK)
		return err;
	sort(&w);
	if (uname(&uts) == 0)
		(void)snprintf(w.node, sizeof(w.node), "%s", uts.nodename);
	*ret = w;
	w = (struct nhi_world){ 0 };
	return NHI_OK;
}

const struct nhi_world_name *
nhi_world_find(const struct nhi_world_names *l, const char *name)
{
	return l->n == 0 ? NULL :
	    bsearch(name, l->p, l->n, sizeof(*l->p), compare_key);
}

const struct nhi_world_name *
nhi_world_find_id(const struct nhi_world_names *l, uint32_t id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].id == id)
			return &l->p[i];
	return NULL;
}

bool
nhi_world_gid(const struct nhi_world *w, const char *name, uint32_t *ret)
{
	const struct nhi_world_name *g = nhi_world_find(&w->groups, name);

	if (g == NULL)
		return w->find_group != NULL && w->find_group(name, ret);
	*ret = g->id;
	return true;
}

bool
nhi_world_overlaps(const struct nhi_world_spans *l, uint64_t lo, uint64_t hi)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].first <= hi &&
		    l->p[i].first + l->p[i].count - 1 >= lo)
			return true;
	return false;
}

bool
nhi_world_covers(const struct nhi_world_spans *l, uint64_t lo, uint64_t hi)
{
	for (size_t i = 0; i < l->n && lo <= hi; i++)
		if (l->p[i].first <= lo && l->p[i].first + l->p[i].count > lo)
			lo = l->p[i].first + l->p[i].count;
	return lo > hi;
}
