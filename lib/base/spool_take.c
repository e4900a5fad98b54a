/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/base/audit_file.h"
#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/spool_name.h"
#include "lib/base/spool_take.h"
#include "lib/base/spool_told.h"

#define BATCH		32		/* files in one write */
#define LOOKS		1024		/* more than max are looked at */
#define TAIL_MAX	(4U << 20)	/* of the trail, after a crash */
#define MARKER		".drain"

struct entry {
	char name[256];
	int64_t time_ms;
	size_t at;			/* of its line; n 0: it has none */
	size_t n;
	bool junk;			/* no record */
};

struct drain {
	const struct nhi_spool_job *job;
	int dir;
	int log;			/* directory of the trail, or -1 */
	bool crashed;			/* the marker was there */
	bool stuck;			/* a file could not be removed */
	struct nhi_buf tail;		/* of the trail, then */
	struct nhi_buf lines;
	struct entry entries[BATCH];
	size_t n;
	size_t taken;
	struct nhi_spool_told told;
	size_t junk;
	uid_t junk_uid;
	const char *junk_what;
};

static void
wipe(struct drain *d)
{
	nhi_buf_wipe(&d->tail);
	nhi_buf_wipe(&d->lines);
	nhi_fd_close(&d->log);
	nhi_fd_close(&d->dir);
}

/* Only root can open the directory, so nobody else can hold its lock. */
static enum nhi_err
open_spool(struct drain *d, bool *ret_busy, struct nhi_why *why)
{
	struct stat st;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, d->job->spool, &d->dir, why)) !=
	    NHI_OK)
		return err;
	if (fstat(d->dir, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & S_IWOTH) != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: not root's, or anybody may write there",
		    d->job->spool);
	*ret_busy = flock(d->dir, LOCK_EX | LOCK_NB) != 0;
	return NHI_OK;
}

/* After a crash: what came into the trail since the marker was made. */
static void
read_tail(struct drain *d)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char text[NHI_LINK_MAX + 1];
	uint64_t from = 0;
	struct stat st;

	if (nhi_dir_open(AT_FDCWD, d->job->log_dir, &d->log, NULL) != NHI_OK ||
	    nhi_link_read(d->log, MARKER, text) != 1)
		return;
	d->crashed = true;
	if (!nhi_num_parse(nhi_span_str(text), INT64_MAX, &from) ||
	    nhi_file_open(d->log, d->job->log_name, NHI_FILE_OWN, &fd, NULL) !=
	    NHI_OK || fstat(fd, &st) != 0)
		return;
	if ((int64_t)from > st.st_size)		/* rotated */
		from = 0;
	if (st.st_size - (int64_t)from > (int64_t)TAIL_MAX)
		from = (uint64_t)st.st_size - TAIL_MAX;
	if (lseek(fd, (off_t)from, SEEK_SET) >= 0)
		(void)!nhi_file_slurp(fd, &d->tail, NULL);
}

static bool
is_in(const struct drain *d, const char *id)
{
	char member[NHI_AUDIT_ID + 16];
	int n = snprintf(member, sizeof(member), "\"id\":\"%s\"", id);

	return d->tail.n > 0 &&
	    memmem(d->tail.p, d->tail.n, member, (size_t)n) != NULL;
}

/* The trail's size before this batch; a drain that crashes leaves it. */
static void
set_marker(struct drain *d)
{
	char text[24];
	struct stat st = { .st_size = 0 };

	if (d->log < 0 &&
	    nhi_dir_open(AT_FDCWD, d->job->log_dir, &d->log, NULL) != NHI_OK)
		return;
	(void)fstatat(d->log, d->job->log_name, &st, AT_SYMLINK_NOFOLLOW);
	(void)snprintf(text, sizeof(text), "%" PRId64, (int64_t)st.st_size);
	if (!d->crashed && !d->stuck)
		(void)nhi_link_replace(d->log, MARKER, text);
}

static void
clear_marker(struct drain *d)
{
	if (d->log >= 0 && !d->stuck)
		(void)unlinkat(d->log, MARKER, 0);
}

/* The record of what was thrown away. */
static void
put_junk(struct drain *d, struct nhi_buf *out)
{
	struct nhi_audit_stamp stamp = { .time_ms = d->job->now_ms,
	    .pid = getpid() };
	char detail[160];

	if (d->junk == 0)
		return;
	(void)snprintf(detail, sizeof(detail),
	    "%zu files that are no records removed (the last of uid %lu: %s)",
	    d->junk, (unsigned long)d->junk_uid, d->junk_what);
	nhi_audit_id(stamp.time_ms, stamp.id);
	nhi_audit_format(&(struct nhi_event){
	    .event = NHI_EVENT_SPOOL_DROPPED, .outcome = NHI_FAULT,
	    .component = "spool", .detail = detail }, &stamp, out);
	syslog(LOG_AUTHPRIV | LOG_ERR, "nhi: %s", detail);
	d->junk = 0;
}

/* Lines in the order of their time; the batch is short. */
static void
put_sorted(struct drain *d, struct nhi_buf *out)
{
	for (size_t i = 1; i < d->n; i++) {
		struct entry e = d->entries[i];
		size_t k = i;

		for (; k > 0 && d->entries[k - 1].time_ms > e.time_ms; k--)
			d->entries[k] = d->entries[k - 1];
		d->entries[k] = e;
	}
	for (size_t i = 0; i < d->n; i++)
		if (d->entries[i].n > 0)
			nhi_buf_put(out, d->lines.p + d->entries[i].at,
			    d->entries[i].n);
}

/* Append the batch, then remove its files. */
static enum nhi_err
flush(struct drain *d, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out =
	    NHI_BUF((BATCH + 1) * NHI_AUDIT_LINE);
	enum nhi_err err;

	put_sorted(d, &out);
	put_junk(d, &out);
	if ((err = nhi_buf_check(&out, why)) != NHI_OK ||
	    (err = nhi_buf_check(&d->lines, why)) != NHI_OK)
		return err;
	set_marker(d);
	if (out.n > 0 && (err = nhi_audit_append(d->job->log_dir,
	    d->job->log_name, nhi_buf_all(&out), why)) != NHI_OK)
		return err;
	for (size_t i = 0; i < d->n; i++)
		if (unlinkat(d->dir, d->entries[i].name, 0) == 0) {
			d->taken++;
			if (!d->entries[i].junk)
				nhi_spool_told_leave(&d->told, d->entries[i].name);
		} else
			d->stuck = d->stuck || errno != ENOENT;
	if (!d->crashed)
		clear_marker(d);
	nhi_buf_reset(&d->lines);
	d->n = 0;
	return NHI_OK;
}

/* A directory cannot be unlinked; a full one stays, for people to see. */
static bool
is_dir(struct drain *d, const char *name)
{
	struct stat st;

	if (fstatat(d->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(st.st_mode))
		return false;
	(void)unlinkat(d->dir, name, AT_REMOVEDIR);
	return true;
}

static void
look(struct drain *d, const char *name)
{
	struct entry *e = &d->entries[d->n];
	struct nhi_spool_file f;
	enum nhi_spool_state state;

	if (is_dir(d, name))
		return;
	*e = (struct entry){ .at = d->lines.n };
	state = nhi_spool_look(d->job, d->dir, name, &f, &d->lines);
	if (state == NHI_SPOOL_LATER || state == NHI_SPOOL_GONE)
		return;
	if (state == NHI_SPOOL_JUNK) {
		e->junk = true;
		d->junk++;
		d->junk_uid = f.uid;
		d->junk_what = f.what;
	} else if (!is_in(d, f.id)) {
		e->n = d->lines.n - e->at;
		if (e->n > 0 && name[0] == 'c')	/* has no copy yet */
			syslog(LOG_AUTHPRIV | LOG_NOTICE, "%.*s",
			    (int)e->n - 1, d->lines.p + e->at);
	}
	e->time_ms = f.time_ms;
	(void)snprintf(e->name, sizeof(e->name), "%s", name);
	d->n++;
}

static enum nhi_err
walk(struct drain *d, DIR *list, struct nhi_why *why)
{
	const struct dirent *de = NULL;
	size_t looks = 0;
	int broken = 0;
	enum nhi_err err = NHI_OK;

	while (err == NHI_OK && d->taken + d->n < d->job->max &&
	    looks < d->job->max + LOOKS) {
		if ((de = nhi_list_next(list)) == NULL) {
			broken = errno;
			break;
		}
		if (nhi_spool_told_is(&d->told, de->d_name))
			continue;
		looks++;
		look(d, de->d_name);
		if (d->n == BATCH)
			err = flush(d, why);
	}
	if (err == NHI_OK && d->n > 0)
		err = flush(d, why);
	if (err == NHI_OK && broken != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", d->job->spool,
		    strerror(broken));
	/* All that a crash may have left was seen. */
	if (err == NHI_OK && de == NULL && d->crashed)
		clear_marker(d);
	return err;
}

enum nhi_err
nhi_spool_take(const struct nhi_spool_job *job, size_t *ret_taken,
    struct nhi_why *why)
{
	NHI_AUTO(wipe) struct drain d = { .job = job, .dir = -1, .log = -1,
	    .tail = NHI_BUF(TAIL_MAX + NHI_AUDIT_LINE),
	    .lines = NHI_BUF(BATCH * NHI_AUDIT_LINE) };
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	bool busy = false;
	enum nhi_err err;

	if ((err = open_spool(&d, &busy, why)) != NHI_OK)
		return err;
	if (!busy) {
		d.told.dir = d.dir;
		d.told.now_ms = job->now_ms;
		read_tail(&d);
		if ((list = nhi_list_open(d.dir, ".")) == NULL)
			return nhi_fail(why, NHI_ERR_STATE, "%s: %s",
			    job->spool, strerror(errno));
		err = walk(&d, list, why);
	}
	if (err == NHI_OK && ret_taken != NULL)
		*ret_taken = d.taken;
	return err;
}
