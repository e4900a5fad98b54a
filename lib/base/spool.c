/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A service user's side of the spool.  The directory cannot be read by its
 * writers (so not synced either: a new file's fsync takes its name along on
 * the file systems that matter).  A file is whole when it ends in "end".
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/audit_field.h"
#include "lib/base/file.h"
#include "lib/base/spool.h"
#include "lib/base/spool_name.h"
#include "lib/base/spool_room.h"

/* Bytes of a text and of the claims; less while the file is too long. */
static const struct room {
	size_t text;
	size_t claims;
} rooms[] = {
	{ 256, 1536 }, { 256, 768 }, { 256, 0 }, { 64, 0 },
	/* End of the rooms */
};

static enum nhi_err
lost(const char *what, const char *text, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_AUDIT_UNAVAILABLE, "spool: %s: %s", what,
	    text);
}

/* The first bytes of s, not cut inside a UTF-8 sequence. */
static struct nhi_span
head(struct nhi_span s, size_t max)
{
	size_t n = s.n < max ? s.n : max;

	for (unsigned int i = 0; i < 3 && n < s.n && n > 0 &&
	    (s.p[n] & 0xc0) == 0x80; i++)
		n--;
	return (struct nhi_span){ s.p, n };
}

/* As many whole lines as fit; a NUL ends them, for no word can hold it. */
static struct nhi_span
head_lines(struct nhi_span s, size_t max)
{
	const char *nul = s.n == 0 ? NULL : memchr(s.p, '\0', s.n);
	size_t n = nul == NULL ? s.n : (size_t)(nul - s.p);

	if (n <= max)
		return (struct nhi_span){ s.p, n };
	for (n = max; n > 0 && s.p[n] != '\n'; n--)
		continue;
	return (struct nhi_span){ s.p, n };
}

static void
put_line(struct nhi_buf *b, const char *name, struct nhi_span value)
{
	if (value.n == 0)
		return;
	nhi_buf_str(b, name);
	nhi_word_put(b, value);
	nhi_buf_char(b, '\n');
}

static void
put_number(struct nhi_buf *b, const char *name, uint64_t v)
{
	if (v != 0)
		nhi_buf_printf(b, "%s %" PRIu64 "\n", name, v);
}

/* A word of a list, or a text cut to its room; "" for the other kinds. */
static struct nhi_span
text_of(const struct nhi_audit_field *f, const struct nhi_event *ev,
    const struct room *room)
{
	switch (f->kind) {
	case NHI_FIELD_EVENT:
		return nhi_span_str(nhi_audit_event_slug(ev->event));
	case NHI_FIELD_OUTCOME:
		return nhi_span_str(nhi_audit_outcome_slug(ev->outcome));
	case NHI_FIELD_REASON:
		return nhi_span_str(nhi_err_slug(ev->reason));
	case NHI_FIELD_CLAIMS:
		return head_lines(ev->claims, room->claims);
	case NHI_FIELD_HOST:
	case NHI_FIELD_TEXT:
	case NHI_FIELD_DETAIL:
	case NHI_FIELD_HEX:
		return head(nhi_span_str(nhi_audit_field_text(f, ev)),
		    room->text);
	case NHI_FIELD_VERSION:
	case NHI_FIELD_ID:
	case NHI_FIELD_TIME:
	case NHI_FIELD_PID:
	case NHI_FIELD_U32:
	case NHI_FIELD_AUDIT_SESSION:
	case NHI_FIELD_SERIAL:
	case NHI_FIELD_SECONDS:
	case NHI_FIELD_MICRO:
	case NHI_FIELD_KINDS:
		break;
	}
	return (struct nhi_span){ NULL, 0 };
}

static void
put_field(struct nhi_buf *b, const struct nhi_audit_field *f,
    const struct nhi_event *ev, const struct room *room)
{
	if (f->kind == NHI_FIELD_SERIAL)
		put_number(b, f->name, ev->serial);
	else if (f->kind == NHI_FIELD_SECONDS)
		put_number(b, f->name,
		    ev->expires < 0 ? 0 : (uint64_t)ev->expires);
	else if (f->kind == NHI_FIELD_MICRO)
		put_number(b, f->name,
		    ev->took_us < 0 ? 0 : (uint64_t)ev->took_us);
	else
		put_line(b, f->name, text_of(f, ev, room));
}

static void
format(const struct nhi_event *ev, const struct nhi_audit_stamp *stamp,
    const struct room *room, struct nhi_buf *b)
{
	nhi_buf_reset(b);
	nhi_buf_printf(b, NHI_SPOOL_MAGIC "\nid %s\npid %ld\n", stamp->id,
	    (long)stamp->pid);
	for (size_t i = 0; i < NHI_AUDIT_FIELDS; i++)
		if (nhi_audit_fields[i].spooled)
			put_field(b, &nhi_audit_fields[i], ev, room);
	nhi_buf_str(b, "end\n");
}

/* Make the file of this name and fill it.  EEXIST is for the caller. */
static enum nhi_err
write_file(int dir, const char *name, struct nhi_span text, bool sync)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;

	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return NHI_ERR_STATE;
	if (nhi_file_put(fd, text, NULL) == NHI_OK && (!sync || fsync(fd) == 0))
		return NHI_OK;
	(void)unlinkat(dir, name, 0);
	if (errno == EEXIST)
		errno = EIO;
	return NHI_ERR_STATE;
}

static enum nhi_err
put_denial(int dir, const struct nhi_event *ev,
    const struct nhi_audit_stamp *stamp, struct nhi_span text,
    struct nhi_why *why)
{
	int64_t minute = stamp->time_ms / NHI_SPOOL_MINUTE;
	char source[NHI_SPOOL_SOURCE], name[NHI_SPOOL_NAME];

	nhi_spool_place(ev, source);
	for (unsigned int i = 0; i < NHI_SPOOL_ROOM; i++) {
		(void)snprintf(name, sizeof(name), "d.%lu.%s.%" PRId64 ".%02u",
		    (unsigned long)geteuid(), source, minute, i);
		if (write_file(dir, name, text, false) == NHI_OK)
			return NHI_OK;
		if (errno != EEXIST)
			return lost(name, strerror(errno), why);
	}
	(void)nhi_spool_count(dir, source, minute);
	return lost(name, "no room for another denial; counted", why);
}

/* Where others may write, or it is another's, a record is not kept. */
static enum nhi_err
open_spool(const char *spool, int *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;

	fd = open(spool, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) != 0)
		return lost(spool, strerror(errno), why);
	if ((st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & S_IWOTH) != 0)
		return lost(spool, "not root's, or anybody may write there",
		    why);
	*ret = fd;
	fd = -1;
	return NHI_OK;
}

/* The record as text, and the spool. */
static enum nhi_err
begin(const char *spool, const struct nhi_event *ev,
    const struct nhi_audit_stamp *stamp, struct nhi_buf *text, int *ret_dir,
    struct nhi_why *why)
{
	text->err = NHI_ERR_TOO_LARGE;
	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]) &&
	    text->err == NHI_ERR_TOO_LARGE; i++)
		format(ev, stamp, &rooms[i], text);
	if (nhi_buf_check(text, why) != NHI_OK)
		return NHI_ERR_AUDIT_UNAVAILABLE;
	return open_spool(spool, ret_dir, why);
}

enum nhi_err
nhi_spool_put_once(const char *spool, const struct nhi_event *ev,
    const struct nhi_audit_stamp *stamp, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_SPOOL_FILE);
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char name[NHI_SPOOL_NAME];
	enum nhi_err err;

	if ((err = begin(spool, ev, stamp, &text, &dir, why)) != NHI_OK)
		return err;
	(void)snprintf(name, sizeof(name), NHI_SPOOL_ONCE "%" PRId64 ".%"
	    PRIu64 ".%s", stamp->time_ms / NHI_SPOOL_HOUR, ev->serial,
	    nhi_err_slug(ev->reason));
	if (write_file(dir, name, nhi_buf_all(&text), false) != NHI_OK &&
	    errno != EEXIST)
		return lost(name, strerror(errno), why);
	return NHI_OK;
}

enum nhi_err
nhi_spool_put(const char *spool, const struct nhi_event *ev,
    const struct nhi_audit_stamp *stamp, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_SPOOL_FILE);
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char name[NHI_SPOOL_NAME];
	enum nhi_err err;

	if ((err = begin(spool, ev, stamp, &text, &dir, why)) != NHI_OK)
		return err;
	if (ev->outcome != NHI_GRANT)
		return put_denial(dir, ev, stamp, nhi_buf_all(&text), why);
	(void)snprintf(name, sizeof(name), "g.%s", stamp->id);
	if (write_file(dir, name, nhi_buf_all(&text), true) != NHI_OK)
		return lost(name, strerror(errno), why);
	return NHI_OK;
}
