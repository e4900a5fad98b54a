/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor --state: marks, what was issued, revocations, generations. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/issued.h"
#include "lib/base/list.h"
#include "lib/base/mark.h"
#include "lib/base/num.h"
#include "lib/base/revoke.h"
#include "nhictl/doctor.h"
#include "nhictl/tick_time.h"

#define DAY		(24 * 3600)
#define ENTRY_SIZE	(128U << 10)
#define GENERATIONS	3		/* in force, before it, being made */

/* The spenders of marks: root, and the issuer. */
static bool
is_writer(uid_t uid)
{
	struct stat st;

	return uid == 0 ||
	    (lstat(NHI_ID_ISSUER, &st) == 0 && uid == st.st_uid);
}

static bool
is_odd(struct nhi_doctor *d, const char *dir, const char *name, mode_t type)
{
	char path[512];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (lstat(path, &st) != 0)
		return true;
	if ((st.st_mode & S_IFMT) == type && is_writer(st.st_uid))
		return false;
	nhi_doctor_find(d, NHI_DOCTOR_FOREIGN, "%s has owner %lu and mode %lo",
	    path, (unsigned long)st.st_uid, (unsigned long)st.st_mode);
	return true;
}

/* A link of 64 hex digits, "<key>:<expiry>". */
static void
on_mark(struct nhi_doctor *d, const char *dir, const char *name)
{
	char path[512], text[NHI_LINK_MAX + 1];
	const char *colon;
	uint64_t expires;

	if (name[0] == '.' || is_odd(d, dir, name, S_IFLNK))
		return;
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (strlen(name) != 2 * (size_t)NHI_MARK_SIZE ||
	    nhi_link_read(AT_FDCWD, path, text) != 1 ||
	    (colon = strrchr(text, ':')) == NULL || colon == text ||
	    !nhi_num_parse(nhi_span_str(colon + 1), INT64_MAX, &expires))
		nhi_doctor_find(d, NHI_DOCTOR_MARK_BROKEN, "%s", path);
	else if ((int64_t)expires < d->swept - DAY)
		nhi_doctor_find(d, NHI_DOCTOR_MARK_EXPIRED,
		    "%.16s: %" PRId64 " days ago", name,
		    (d->now - (int64_t)expires) / DAY);
}

/*
 * Its name is the serial, and its lines are of nhi-issue; or it is a token's,
 * and root's own.
 */
static void
on_issued(struct nhi_doctor *d, const char *dir, const char *name)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ENTRY_SIZE);
	char path[512];
	uint64_t serial;
	bool direct;

	if (name[0] == '.')
		return;
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (strstr(name, ".tmp-") != NULL) {
		struct stat st;

		if (lstat(path, &st) == 0 && st.st_mtime < d->now - DAY)
			nhi_doctor_find(d, NHI_DOCTOR_TEMPORARY, "%s", path);
		return;
	}
	if (is_odd(d, dir, name, S_IFREG))
		return;
	direct = nhi_issued_direct(name);
	if ((!direct &&
	    !nhi_num_parse(nhi_span_str(name), UINT64_MAX, &serial)) ||
	    nhi_file_read(AT_FDCWD, path, direct ? NHI_FILE_ROOT :
	    NHI_FILE_ANY, &text, NULL) != NHI_OK ||
	    strncmp(nhi_buf_text(&text), "account=", 8) != 0 ||
	    strstr(nhi_buf_text(&text), direct ? "\nmark=" :
	    "\nkeyid=nhi1:") == NULL)
		nhi_doctor_find(d, NHI_DOCTOR_LEDGER, "%s", path);
}

static bool
on_revocation(const struct nhi_revocation *r, void *arg)
{
	static const char *const kinds[] = { "serial", "identity", "mark",
		"key" };

	if (strcmp(r->id, "?") == 0)
		nhi_doctor_find(arg, NHI_DOCTOR_REVOKED_BROKEN,
		    NHI_REVOKED_DIR "/%s/%s", kinds[r->kind], r->name);
	return true;
}

static unsigned int
count_generations(void)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(AT_FDCWD,
	    NHI_PUBLISHED_DIR);
	const struct dirent *de;
	unsigned int n = 0;

	while (list != NULL && (de = nhi_list_next(list)) != NULL)
		n += de->d_name[0] != '.' && strcmp(de->d_name, "current") !=
		    0;
	return n;
}

/* Nobody misses a sweep that waits for its day; a new host has nothing old. */
static int64_t
swept(int64_t now)
{
	struct nhi_tick_time t;

	nhi_tick_time_load(NHI_STATE_DIR, &t);
	return t.time != 0 && t.time < now ? t.time : now;
}

void
nhi_doctor_ledger(struct nhi_doctor *d)
{
	unsigned int generations = count_generations();
	struct nhi_why why = { "" };

	d->swept = swept(d->now);
	if (!nhi_doctor_walk(NHI_MARKS_DIR, on_mark, d))
		nhi_doctor_put_blind(d, NHI_MARKS_DIR, strerror(errno));
	if (!nhi_doctor_walk(NHI_ISSUED_DIR, on_issued, d))
		nhi_doctor_put_blind(d, NHI_ISSUED_DIR, strerror(errno));
	if (nhi_revoke_each(NHI_REVOKED_DIR, on_revocation, d, &why) !=
	    NHI_OK)
		nhi_doctor_find(d, NHI_DOCTOR_REVOKED_BROKEN, "%s", why.text);
	if (generations > GENERATIONS)
		nhi_doctor_find(d, NHI_DOCTOR_GENERATION,
		    NHI_PUBLISHED_DIR " has %u", generations);
}
