/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor --state: UIDs, leases, sessions, connections, hand-overs. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/num.h"
#include "lib/base/registry.h"
#include "lib/base/session.h"
#include "nhictl/doctor.h"

#define SETTLE		120		/* s; a login is under way meanwhile */
#define PENDING_AGE	600

/* What nhi_file_replace left when it was killed. */
static bool
is_temporary(struct nhi_doctor *d, const char *dir, const char *name)
{
	char path[512];
	struct stat st;

	if (strstr(name, ".tmp-") == NULL)
		return false;
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (lstat(path, &st) == 0 && st.st_mtime < d->now - SETTLE)
		nhi_doctor_find(d, NHI_DOCTOR_TEMPORARY, "%s", path);
	return true;
}

static bool
is_old(const struct nhi_doctor *d, const char *dir, const char *name,
    int64_t age)
{
	char path[512];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return lstat(path, &st) == 0 && st.st_mtime < d->now - age;
}

/* What a doctor that was killed while it probed left. */
static void
on_run(struct nhi_doctor *d, const char *dir, const char *name)
{
	if (strncmp(name, "nhi-doctor.", 11) == 0 &&
	    is_old(d, dir, name, SETTLE))
		nhi_doctor_find(d, NHI_DOCTOR_TEMPORARY, "%s/%s", dir, name);
}

/* A name and its number must name each other. */
static void
on_name(struct nhi_doctor *d, const char *dir, const char *name)
{
	char owner[NHI_NAME_MAX + 1] = "";
	struct nhi_uid_entry e;

	if (is_temporary(d, dir, name) || name[0] == '.')
		return;
	if (!nhi_name_valid(name)) {
		nhi_doctor_find(d, NHI_DOCTOR_FOREIGN, "%s/%s", dir, name);
		return;
	}
	if (nhi_registry_find(NHI_UIDS_DIR, name, &e) != 1)
		nhi_doctor_find(d, NHI_DOCTOR_UID_BROKEN, "%s/%s", dir, name);
	else if (nhi_registry_owner(NHI_UIDS_DIR, e.uid, owner) != 1)
		nhi_doctor_find(d, NHI_DOCTOR_UID_BROKEN, NHI_UIDS_DIR
		    "/uid/%" PRIu32 ", of %s", e.uid, name);
	else if (strcmp(owner, name) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_UID_SHARED,
		    "%s and %s have UID %" PRIu32, name, owner, e.uid);
}

struct count {
	const char *account;
	unsigned int n;
};

static bool
count_one(const struct nhi_session *s, void *arg)
{
	struct count *c = arg;

	c->n += s->identity[0] != '\0' && strcmp(s->account, c->account) == 0;
	return true;
}

static void
on_lease(struct nhi_doctor *d, const char *dir, const char *name)
{
	struct count left = { .account = name };
	struct nhi_why why = { "" };

	if (is_temporary(d, dir, name) || name[0] == '.' ||
	    !is_old(d, dir, name, SETTLE))
		return;
	if (nhi_lease_live(NHI_LEASES_DIR, name) != 1)
		nhi_doctor_find(d, NHI_DOCTOR_LEASE,
		    "%s is of another boot, or cannot be read", name);
	else if (nhi_session_each(NHI_SESSIONS_DIR, count_one, &left, &why) ==
	    NHI_OK && left.n == 0)
		nhi_doctor_find(d, NHI_DOCTOR_LEASE, "%s has no session",
		    name);
}

static void
on_session(struct nhi_doctor *d, const char *dir, const char *name)
{
	struct nhi_why why = { "" };
	struct nhi_session s;

	if (is_temporary(d, dir, name) || name[0] == '.' ||
	    !is_old(d, dir, name, SETTLE))
		return;
	if (nhi_session_read(dir, name, &s, &why) != NHI_OK)
		nhi_doctor_find(d, NHI_DOCTOR_SESSION_BROKEN, "%s/%s: %s",
		    dir, name, why.text);
	else if (!nhi_session_alive(&s))
		nhi_doctor_find(d, NHI_DOCTOR_SESSION,
		    "%s of %s: process %ld is gone", s.id, s.account,
		    (long)s.pid);
}

/* <pid>-<start>, and notes, which the next one or tick sweeps */
static void
on_connection(struct nhi_doctor *d, const char *dir, const char *name)
{
	struct nhi_span rest = nhi_span_str(name), word;
	uint64_t pid, start, ticks;

	if (is_temporary(d, dir, name) || name[0] == '.' ||
	    strncmp(name, NHI_ISSUER_NOTE, strlen(NHI_ISSUER_NOTE)) == 0)
		return;
	if (!nhi_span_cut(&rest, '-', &word) || rest.p == NULL ||
	    !nhi_num_parse(word, INT32_MAX, &pid) ||
	    !nhi_num_parse(rest, UINT64_MAX, &start)) {
		nhi_doctor_find(d, NHI_DOCTOR_FOREIGN, "%s/%s", dir, name);
		return;
	}
	if (is_old(d, dir, name, SETTLE) &&
	    (nhi_stamp_process((pid_t)pid, &ticks, NULL) != NHI_OK ||
	    ticks != start))
		nhi_doctor_find(d, NHI_DOCTOR_CONNECTION, "%s/%s", dir, name);
}

static void
on_pending(struct nhi_doctor *d, const char *dir, const char *name)
{
	if (name[0] != '.' && is_old(d, dir, name, PENDING_AGE))
		nhi_doctor_find(d, NHI_DOCTOR_PENDING, "%s/%.8s...", dir,
		    name);
}

/* All that root alone writes is root's. */
static void
on_root(struct nhi_doctor *d, const char *dir, const char *name)
{
	char path[512];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (lstat(path, &st) == 0 && (st.st_uid != 0 ||
	    (!S_ISLNK(st.st_mode) && (st.st_mode & 022) != 0)))
		nhi_doctor_find(d, NHI_DOCTOR_FOREIGN,
		    "%s has owner %lu and mode %04o", path,
		    (unsigned long)st.st_uid,
		    (unsigned int)st.st_mode & 07777);
}

void
nhi_doctor_state(struct nhi_doctor *d)
{
	static const struct {
		const char *dir;
		void (*fn)(struct nhi_doctor *, const char *, const char *);
	} walks[] = {
		{ NHI_UIDS_DIR "/name", on_name },
		{ "/run", on_run },
		{ NHI_LEASES_DIR, on_lease },
		{ NHI_SESSIONS_DIR, on_session },
		{ NHI_ISSUER_DIR, on_connection },
		{ NHI_PENDING_DIR, on_pending },
		{ NHI_UIDS_DIR "/name", on_root },
		{ NHI_UIDS_DIR "/uid", on_root },
		{ NHI_LEASES_DIR, on_root },
		{ NHI_SESSIONS_DIR, on_root },
		{ NHI_ISSUER_DIR, on_root },
		{ NHI_PENDING_DIR, on_root },
		{ NHI_PUBLISHED_DIR, on_root },
		/* End of the walks */
	};

	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++)
		if (!nhi_doctor_walk(walks[i].dir, walks[i].fn, d))
			nhi_doctor_put_blind(d, walks[i].dir,
			    strerror(errno));
}
