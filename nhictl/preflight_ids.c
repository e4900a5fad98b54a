/* SPDX-License-Identifier: BSD-2-Clause */
/* Against a setup: somebody else who gives out the same numbers. */
#include "config.h"

#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "conf/world.h"
#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "nhictl/edit.h"
#include "nhictl/preflight.h"
#include "nhictl/written.h"

#define SPANS_MAX	128

/* Who uses which numbers besides the local files. */
struct other {
	const char *who;
	uint64_t lo, hi;
};

struct others {
	struct other p[SPANS_MAX];
	size_t n;
};

static void
add(struct others *o, const char *who, uint64_t lo, uint64_t hi)
{
	if (o->n < SPANS_MAX && lo <= hi)
		o->p[o->n++] = (struct other){ who, lo, hi };
}

/* "name = value" of a line, without blanks around either. */
static bool
setting(struct nhi_span line, const char *name, struct nhi_span *ret)
{
	struct nhi_span rest = line, key;

	if (memchr(line.p, '=', line.n) == NULL ||
	    !nhi_span_cut(&rest, '=', &key))
		return false;
	while (key.n > 0 && (key.p[key.n - 1] == ' ' ||
	    key.p[key.n - 1] == '\t'))
		key.n--;
	while (key.n > 0 && (*key.p == ' ' || *key.p == '\t')) {
		key.p++;
		key.n--;
	}
	while (rest.n > 0 && (*rest.p == ' ' || *rest.p == '\t')) {
		rest.p++;
		rest.n--;
	}
	while (rest.n > 0 && strchr(" \t\r", rest.p[rest.n - 1]) != NULL)
		rest.n--;
	*ret = rest;
	return nhi_span_is(key, name);
}

/* sssd.conf(5): ids are mapped into ldap_idmap_range_min and _max. */
static void
read_sssd(const char *path, struct others *o)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EDIT_MAX);
	uint64_t lo = 200000, hi = 2000200000;
	struct nhi_span rest, line, v;
	bool maps = false;

	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &text, NULL) != NHI_OK)
		return;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (setting(line, "id_provider", &v))
			maps = maps || nhi_span_is(v, "ad");
		else if (setting(line, "ldap_id_mapping", &v))
			maps = maps || nhi_span_is(v, "true") ||
			    nhi_span_is(v, "True");
		else if (setting(line, "ldap_idmap_range_min", &v))
			maps = nhi_num_parse(v, UINT32_MAX, &lo) || maps;
		else if (setting(line, "ldap_idmap_range_max", &v))
			maps = nhi_num_parse(v, UINT32_MAX, &hi) || maps;
	}
	if (maps)
		add(o, "SSSD (ldap_idmap_range)", lo, hi);
}

/* smb.conf(5): "idmap config DOMAIN : range = 10000-20000" */
static void
read_samba(const char *path, struct others *o)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(1U << 20);
	struct nhi_span rest, line, v, low;
	uint64_t lo, hi;

	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &text, NULL) != NHI_OK)
		return;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (memmem(line.p, line.n, "idmap config", 12) == NULL ||
		    memmem(line.p, line.n, "range", 5) == NULL)
			continue;
		(void)setting(line, "", &v);
		if (nhi_span_cut(&v, '-', &low) && v.p != NULL &&
		    nhi_num_parse(low, UINT32_MAX, &lo) &&
		    nhi_num_parse(v, UINT32_MAX, &hi))
			add(o, "winbind (idmap config)", lo, hi);
	}
}

static void
read_others(struct others *o)
{
	glob_t g = { .gl_pathc = 0 };

	read_sssd("/etc/sssd/sssd.conf", o);
	if (glob("/etc/sssd/conf.d/*.conf", 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			read_sssd(g.gl_pathv[i], o);
	globfree(&g);
	read_samba("/etc/samba/smb.conf", o);
	if (access("/etc/kanidm/unixd", F_OK) == 0) {
		add(o, "kanidm", 65536, 524287);
		add(o, "kanidm", 1879048192, 2147483647);
	}
}

static bool
is_free(const struct nhi_world *w, const struct others *o, uint64_t lo,
    uint64_t hi)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->p[i].lo <= hi && lo <= o->p[i].hi)
			return false;
	for (size_t i = 0; i < w->users.n; i++)
		if (w->users.p[i].id >= lo && w->users.p[i].id <= hi)
			return false;
	return !nhi_world_overlaps(&w->sub, lo, hi) &&
	    nhi_world_covers(&w->uids, lo, hi) &&
	    nhi_world_covers(&w->gids, lo, hi);
}

/* What to write instead, if there is room anywhere. */
static void
propose(struct nhi_preflight *p, const struct nhi_world *w,
    const struct others *o)
{
	static const uint32_t free_ranges[][2] = {
		{ NHI_UID_LO, NHI_UID_HI },
		{ NHI_UID_LO, 2073741823 },
		{ 2073741824, NHI_UID_HI },
		{ 1879048192, 1999999999 },
		{ 600000000, 799999999 },
		{ 65536, 99999 },
	};

	for (size_t i = 0; i < sizeof(free_ranges) / sizeof(free_ranges[0]);
	    i++)
		if (is_free(w, o, free_ranges[i][0], free_ranges[i][1])) {
			nhi_preflight_warn(p, "uid-range", "free here: "
			    "uid_range = [ %u, %u ] in " NHI_POLICY_FILE
			    ", before setup", free_ranges[i][0],
			    free_ranges[i][1]);
			return;
		}
}

static void
hold_against(struct nhi_preflight *p, const struct nhi_world *w,
    const struct others *o, uint64_t lo, uint64_t hi)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->p[i].lo <= hi && lo <= o->p[i].hi)
			nhi_preflight_refuse(p, "uid-range", "%s uses %" PRIu64
			    "-%" PRIu64 ", within the UIDs of machine accounts"
			    " (%" PRIu64 "-%" PRIu64 ")", o->p[i].who,
			    o->p[i].lo, o->p[i].hi, lo, hi);
	if (nhi_world_overlaps(&w->sub, lo, hi))
		nhi_preflight_refuse(p, "subuid", "/etc/subuid or /etc/subgid "
		    "gives out ids of %" PRIu64 "-%" PRIu64 ", the UIDs of "
		    "machine accounts", lo, hi);
	for (size_t i = 0; i < w->users.n; i++)
		if (w->users.p[i].id >= lo && w->users.p[i].id <= hi)
			nhi_preflight_refuse(p, "uid-range", "user %s has UID "
			    "%u, which is a machine account's",
			    w->users.p[i].name, w->users.p[i].id);
	if (!nhi_world_covers(&w->uids, lo, hi) ||
	    !nhi_world_covers(&w->gids, lo, hi))
		nhi_preflight_refuse(p, "user-namespace", "this user namespace "
		    "has not all ids of %" PRIu64 "-%" PRIu64, lo, hi);
}

/* As the policy chose it, if one is written already; else the default. */
static void
find_range(uint64_t *lo, uint64_t *hi)
{
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;

	if (access(NHI_POLICY_FILE, F_OK) != 0 ||
	    nhi_written_load(NULL, &plan, NULL) != NHI_OK || plan->uids.lo == 0)
		return;
	*lo = plan->uids.lo;
	*hi = plan->uids.hi;
}

void
nhi_preflight_ids(struct nhi_preflight *p)
{
	NHI_AUTO(nhi_world_wipe) struct nhi_world w = { .now = 0 };
	uint64_t lo = NHI_UID_LO, hi = NHI_UID_HI;
	struct others o = { .n = 0 };
	struct nhi_why why = { "" };
	unsigned int before = p->refusals;

	if (nhi_world_load(&nhi_world_host, &w, &why) != NHI_OK) {
		nhi_preflight_refuse(p, "uid-range", "%s", why.text);
		return;
	}
	find_range(&lo, &hi);
	read_others(&o);
	hold_against(p, &w, &o, lo, hi);
	if (p->refusals > before)
		propose(p, &w, &o);
}
