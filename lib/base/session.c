/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a session: lines key=value in a fixed order, all of them, the
 * values with '%' and what cannot be printed as %xx.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/audit.h"
#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/session.h"

#define FILE_MAX	4096

enum kind { TEXT, U32, PID, U64, I64 };

#define TEXT_FIELD(name, member)					\
	{ name, TEXT, offsetof(struct nhi_session, member),		\
	    sizeof(((struct nhi_session *)NULL)->member) }
#define NUMBER_FIELD(name, kind, member)				\
	{ name, kind, offsetof(struct nhi_session, member), 0 }

static const struct field {
	const char *name;
	enum kind kind;
	size_t offset;
	size_t size;
} fields[] = {
	TEXT_FIELD("id", id),
	TEXT_FIELD("account", account),
	NUMBER_FIELD("uid", U32, uid),
	TEXT_FIELD("identity", identity),
	TEXT_FIELD("issuer", issuer),
	TEXT_FIELD("service", service),
	TEXT_FIELD("source", source),
	NUMBER_FIELD("serial", U64, serial),
	TEXT_FIELD("keyid", keyid),
	TEXT_FIELD("mark", mark),
	NUMBER_FIELD("audit_session", U32, audit_session),
	NUMBER_FIELD("pid", PID, pid),
	TEXT_FIELD("boot", start.boot),
	NUMBER_FIELD("start", U64, start.ticks),
	NUMBER_FIELD("opened", I64, opened),
	NUMBER_FIELD("expires", I64, expires),
	/* Not all in records of before. */
	TEXT_FIELD("key", key),
	TEXT_FIELD("fingerprint", fingerprint),
	TEXT_FIELD("owner", owner),
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))
#define NEWER	3		/* that may be missing */

void
nhi_session_event(const struct nhi_session *s, struct nhi_event *ev)
{
	ev->identity = s->identity;
	ev->owner = s->owner;
	ev->issuer = s->issuer;
	ev->serial = s->serial;
	ev->keyid = s->keyid;
	ev->key = s->fingerprint;
	ev->mark = s->mark;
	ev->session = s->id;
	ev->audit_session = s->audit_session;
}

void
nhi_session_name(struct nhi_session *s)
{
	(void)snprintf(s->id, sizeof(s->id), "%" PRIu32 "-%ld-%" PRIu64,
	    s->audit_session, (long)s->pid, s->start.ticks);
}

/* <audit session>-<pid>-<start>, nothing else. */
static bool
is_id(const char *id)
{
	struct nhi_span rest = nhi_span_str(id), word;
	uint64_t v;
	size_t n = 0;

	if (strlen(id) >= NHI_SESSION_ID)
		return false;
	for (; nhi_span_cut(&rest, '-', &word); n++)
		if (!nhi_num_parse(word, UINT64_MAX, &v))
			return false;
	return n == 3;
}

static enum nhi_err
bad_id(const char *id, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "\"%s\" is no id of a session",
	    id);
}

static void
put_text(struct nhi_buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s >= ' ' && *s <= '~' && *s != '%')
			nhi_buf_char(b, *s);
		else
			nhi_buf_printf(b, "%%%02x", (unsigned char)*s);
	}
}

static void
put_field(struct nhi_buf *b, const struct field *f,
    const struct nhi_session *s)
{
	const char *p = (const char *)s + f->offset;
	uint64_t v = 0;
	uint32_t v32;

	nhi_buf_printf(b, "%s=", f->name);
	if (f->kind == TEXT) {
		put_text(b, p);
	} else if (f->kind == U32 || f->kind == PID) {
		memcpy(&v32, p, sizeof(v32));
		nhi_buf_printf(b, "%" PRIu32, v32);
	} else {
		memcpy(&v, p, sizeof(v));
		nhi_buf_printf(b, "%" PRIu64, v);
	}
	nhi_buf_char(b, '\n');
}

enum nhi_err
nhi_session_write(const char *sessions, const struct nhi_session *s,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_MAX);
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if (!is_id(s->id))
		return bad_id(s->id, why);
	for (size_t i = 0; i < FIELDS; i++)
		put_field(&text, &fields[i], s);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK ||
	    (err = nhi_dir_open(AT_FDCWD, sessions, &dir, why)) != NHI_OK)
		return err;
	return nhi_file_replace(dir, s->id, 0644, nhi_buf_all(&text), why);
}

static bool
get_text(struct nhi_span value, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		uint8_t byte = (uint8_t)value.p[i];

		if (value.p[i] == '%') {
			if (value.n - i < 3 || !nhi_num_unhex(
			    (struct nhi_span){ value.p + i + 1, 2 }, &byte, 1))
				return false;
			i += 2;
		}
		if (byte == 0 || n + 1 >= size)
			return false;
		out[n++] = (char)byte;
	}
	out[n] = '\0';
	return true;
}

static bool
get_field(struct nhi_span line, const struct field *f, struct nhi_session *s)
{
	static const uint64_t limits[] = { [U32] = UINT32_MAX,
		[PID] = INT32_MAX, [U64] = UINT64_MAX, [I64] = INT64_MAX };
	char *p = (char *)s + f->offset;
	struct nhi_span name;
	uint64_t v;
	uint32_t v32;

	if (!nhi_span_cut(&line, '=', &name) || !nhi_span_is(name, f->name) ||
	    line.p == NULL)
		return false;
	if (f->kind == TEXT)
		return get_text(line, p, f->size);
	if (!nhi_num_parse(line, limits[f->kind], &v))
		return false;
	v32 = (uint32_t)v;
	if (f->kind == U32 || f->kind == PID)
		memcpy(p, &v32, sizeof(v32));
	else
		memcpy(p, &v, sizeof(v));
	return true;
}

static bool
parse(struct nhi_span text, const char *id, struct nhi_session *s)
{
	struct nhi_span line;

	for (size_t i = 0; i < FIELDS; i++) {
		if (i >= FIELDS - NEWER && text.p != NULL && text.n == 0)
			break;
		if (!nhi_span_cut(&text, '\n', &line) ||
		    !get_field(line, &fields[i], s))
			return false;
	}
	return text.p != NULL && text.n == 0 && strcmp(s->id, id) == 0;
}

static enum nhi_err
read_at(int dir, const char *id, struct nhi_session *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_MAX);
	struct nhi_session s = { .uid = 0 };
	enum nhi_err err;

	if ((err = nhi_file_read(dir, id, NHI_FILE_OWN, &text, why)) != NHI_OK)
		return err;
	if (!parse(nhi_buf_all(&text), id, &s)) {
		errno = EBADMSG;
		return nhi_fail(why, NHI_ERR_STATE,
		    "session %s: the record cannot be read", id);
	}
	*ret = s;
	return NHI_OK;
}

enum nhi_err
nhi_session_read(const char *sessions, const char *id,
    struct nhi_session *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if (!is_id(id))
		return bad_id(id, why);
	if ((err = nhi_dir_open(AT_FDCWD, sessions, &dir, why)) != NHI_OK)
		return err;
	return read_at(dir, id, ret, why);
}

enum nhi_err
nhi_session_remove(const char *sessions, const char *id, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if (!is_id(id))
		return bad_id(id, why);
	if ((err = nhi_dir_open(AT_FDCWD, sessions, &dir, why)) != NHI_OK)
		return err;
	if (unlinkat(dir, id, 0) != 0 && errno != ENOENT)
		return nhi_fail(why, NHI_ERR_STATE, "session %s: %s", id,
		    strerror(errno));
	return NHI_OK;
}

/* It went meanwhile, or is none of ours: what we write is none of these. */
static bool
is_no_record(enum nhi_err err)
{
	return err == NHI_ERR_TOO_LARGE || (err == NHI_ERR_STATE &&
	    (errno == ENOENT || errno == ELOOP || errno == EPERM ||
	    errno == ENXIO || errno == EBADMSG));
}

static enum nhi_err
each(DIR *list, bool (*fn)(const struct nhi_session *, void *), void *arg,
    struct nhi_why *why)
{
	enum nhi_err err, first = NHI_OK;
	const struct dirent *de;
	struct nhi_session s;

	while ((de = nhi_list_next(list)) != NULL) {
		if (!is_id(de->d_name))
			continue;
		err = read_at(dirfd(list), de->d_name, &s, NULL);
		if (err == NHI_OK && !fn(&s, arg))
			return first;
		if (err != NHI_OK && !is_no_record(err) && first == NHI_OK)
			first = nhi_fail(why, NHI_ERR_STATE, "session %s: %s",
			    de->d_name, strerror(errno));
	}
	return errno == 0 || first != NHI_OK ? first : nhi_fail(why,
	    NHI_ERR_STATE, "sessions: %s", strerror(errno));
}

enum nhi_err
nhi_session_each(const char *sessions,
    bool (*fn)(const struct nhi_session *, void *), void *arg,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	/* /run is empty after a boot: nobody has been here yet. */
	if ((err = nhi_dir_open(AT_FDCWD, sessions, &dir, why)) != NHI_OK)
		return errno == ENOENT ? NHI_OK : err;
	if ((list = nhi_list_take(&dir)) == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", sessions,
		    strerror(errno));
	return each(list, fn, arg, why);
}
