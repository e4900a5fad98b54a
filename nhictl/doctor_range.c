/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: who else may have UIDs of the range. */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/world.h"
#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/registry.h"
#include "nhictl/doctor.h"

#define LOGIN_DEFS	"/etc/login.defs"
#define SSSD_CONF	"/etc/sssd/sssd.conf"
#define KANIDM_CONF	"/etc/kanidm/unixd"
#define FILE_SIZE	(256U << 10)

struct span {
	uint32_t lo, hi;
	const char *whose;
};

/*
 * What systemd.io/UIDS-GIDS says of a system with systemd.  (Its homes and
 * DynamicUser are below what uid_range may begin with.)
 */
static const struct span systems[] = {
	{ 524288, 1879048191, "systemd's containers" },
	/* End of systems */
};

static bool
overlaps(const struct nhi_uid_range *r, uint32_t lo, uint32_t hi)
{
	return r->lo <= hi && lo <= r->hi;
}

static void
check_world(struct nhi_doctor *d, const struct nhi_uid_range *r)
{
	NHI_AUTO(nhi_world_wipe) struct nhi_world w = { 0 };
	struct nhi_why why = { "" };

	if (nhi_world_load(&nhi_world_host, &w, &why) != NHI_OK) {
		nhi_doctor_put_blind(d, "UIDs", why.text);
		return;
	}
	for (size_t i = 0; i < w.users.n; i++)
		if (w.users.p[i].id >= r->lo && w.users.p[i].id <= r->hi)
			nhi_doctor_find(d, NHI_DOCTOR_RANGE_PASSWD,
			    "%s has UID %" PRIu32, w.users.p[i].name,
			    w.users.p[i].id);
	for (size_t i = 0; i < w.groups.n; i++)
		if (w.groups.p[i].id >= r->lo && w.groups.p[i].id <= r->hi)
			nhi_doctor_find(d, NHI_DOCTOR_RANGE_GROUP,
			    "%s has GID %" PRIu32, w.groups.p[i].name,
			    w.groups.p[i].id);
	if (nhi_world_overlaps(&w.sub, r->lo, r->hi))
		nhi_doctor_find(d, NHI_DOCTOR_RANGE_SUBID, "/etc/subuid or "
		    "/etc/subgid reach into %" PRIu32 "-%" PRIu32, r->lo,
		    r->hi);
	if (!nhi_world_covers(&w.uids, r->lo, r->hi) ||
	    !nhi_world_covers(&w.gids, r->lo, r->hi))
		nhi_doctor_find(d, NHI_DOCTOR_RANGE_MAP,
		    "/proc/self/uid_map and gid_map do not have all of %"
		    PRIu32 "-%" PRIu32, r->lo, r->hi);
}

/* The number behind a word of a file like login.defs or sssd.conf. */
static bool
setting(const char *file, const char *word, uint64_t *ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_SIZE);
	size_t n = strlen(word);
	struct nhi_span rest, line;

	if (nhi_file_read(AT_FDCWD, file, NHI_FILE_ANY, &text, NULL) != NHI_OK)
		return false;
	rest = nhi_buf_all(&text);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		const char *p = line.p, *end = line.p + line.n;

		if (line.n <= n || memcmp(p, word, n) != 0)
			continue;
		for (p += n; p < end && strchr(" \t=", *p) != NULL; p++)
			continue;
		while (end > p && strchr(" \t\r", end[-1]) != NULL)
			end--;
		if (p > line.p + n && nhi_num_parse((struct nhi_span){ p,
		    (size_t)(end - p) }, UINT32_MAX, ret))
			return true;
	}
	return false;
}

static void
check_system(struct nhi_doctor *d, const struct nhi_uid_range *r)
{
	static const char *const words[] = { "UID_MAX", "SUB_UID_MAX",
		"SUB_GID_MAX" };
	uint64_t n;

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		if (overlaps(r, systems[i].lo, systems[i].hi))
			nhi_doctor_find(d, NHI_DOCTOR_RANGE_SYSTEM, "%s: %"
			    PRIu32 "-%" PRIu32, systems[i].whose,
			    systems[i].lo, systems[i].hi);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (setting(LOGIN_DEFS, words[i], &n) && n >= r->lo)
			nhi_doctor_find(d, NHI_DOCTOR_RANGE_SYSTEM,
			    LOGIN_DEFS ": %s %" PRIu64, words[i], n);
}

static void
check_directory(struct nhi_doctor *d, const struct nhi_uid_range *r)
{
	uint64_t lo = 200000, hi = 2000200000;

	(void)setting(SSSD_CONF, "ldap_idmap_range_min", &lo);
	(void)setting(SSSD_CONF, "ldap_idmap_range_max", &hi);
	if (access(SSSD_CONF, F_OK) == 0 &&
	    overlaps(r, (uint32_t)lo, (uint32_t)hi))
		nhi_doctor_find(d, NHI_DOCTOR_RANGE_DIRECTORY, SSSD_CONF
		    ": %" PRIu64 "-%" PRIu64, lo, hi);
	if (access(KANIDM_CONF, F_OK) == 0 &&
	    (overlaps(r, 65536, 524287) ||
	    overlaps(r, 1879048192, 2147483647)))
		nhi_doctor_find(d, NHI_DOCTOR_RANGE_DIRECTORY, KANIDM_CONF
		    ": kanidm gives 65536-524287 and 1879048192-2147483647");
}

void
nhi_doctor_range(struct nhi_doctor *d)
{
	struct nhi_uid_range r;

	if (nhi_registry_range(NHI_UIDS_DIR, &r) != 1) {
		if (d->published)
			nhi_doctor_find(d, NHI_DOCTOR_UID_BROKEN,
			    NHI_UIDS_DIR "/changed cannot be read");
		return;
	}
	check_world(d, &r);
	check_system(d, &r);
	check_directory(d, &r);
}
