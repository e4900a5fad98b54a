/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/issued.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/rules.h"

#define ENTRY_MAX	70000
#define DAY		(24 * 60 * 60)
#define DIRECT		"direct-"
#define MARK		16		/* hex digits */
#define NAME_SIZE	(sizeof(DIRECT) + MARK + 1 + NHI_NAME_MAX + 1)

#define TEXT(name, member)						\
	{ name, offsetof(struct nhi_issued, member),			\
	    sizeof(((struct nhi_issued *)NULL)->member) }
#define NUMBER(name, member)						\
	{ name, offsetof(struct nhi_issued, member), 0 }

static const struct field {
	const char *name;
	size_t offset;
	size_t size;			/* 0: an int64_t */
} fields[] = {
	TEXT("account", account),
	TEXT("identity", identity),
	NUMBER("valid_after", valid_after),
	NUMBER("valid_before", valid_before),
	TEXT("mark", mark),
	TEXT("jti", jti),
	TEXT("key", key),
	TEXT("source", source),
	/* End of the fields */
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

static enum nhi_err
fault(const char *what, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "%s: %s", what, strerror(errno));
}

/* Printable, or not at all: a line feed would be another field. */
static void
put_text(struct nhi_buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		nhi_buf_char(b, *s >= ' ' && *s <= '~' ? *s : '?');
}

static void
put_field(struct nhi_buf *b, const struct field *f,
    const struct nhi_issued *e)
{
	const char *p = (const char *)e + f->offset;
	int64_t v;

	nhi_buf_printf(b, "%s=", f->name);
	if (f->size == 0) {
		memcpy(&v, p, sizeof(v));
		nhi_buf_printf(b, "%" PRId64, v);
	} else
		put_text(b, p);
	nhi_buf_char(b, '\n');
}

/* Tokens have no serial: their files have names of another form. */
static void
name_of(const struct nhi_issued *e, char out[static NAME_SIZE])
{
	if (e->serial > 0)
		(void)snprintf(out, NAME_SIZE, "%" PRIu64, e->serial);
	else
		(void)snprintf(out, NAME_SIZE, DIRECT "%s-%s", e->mark,
		    e->account);
}

enum nhi_err
nhi_issued_enter(const char *issued, const struct nhi_issued *e,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ENTRY_MAX);
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;
	char name[NAME_SIZE];

	name_of(e, name);
	for (size_t i = 0; i < FIELDS; i++)
		put_field(&text, &fields[i], e);
	nhi_buf_str(&text, "claims=");
	put_text(&text, e->claims);
	nhi_buf_printf(&text, "\nkeyid=%s\ncertificate=%s\n", e->keyid,
	    e->certificate);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK ||
	    (err = nhi_dir_open(AT_FDCWD, issued, &dir, why)) != NHI_OK)
		return err;
	return nhi_file_replace(dir, name, 0644, nhi_buf_all(&text), why);
}

static bool
take_field(struct nhi_issued *e, const struct field *f, struct nhi_span value)
{
	char *p = (char *)e + f->offset;
	uint64_t v;

	if (f->size == 0) {
		if (!nhi_num_parse(value, INT64_MAX, &v))
			return false;
		memcpy(p, &(int64_t){ (int64_t)v }, sizeof(int64_t));
		return true;
	}
	if (value.n >= f->size)
		return false;
	memcpy(p, value.p, value.n);
	p[value.n] = '\0';
	return true;
}

/* Unknown lines are a later version's. */
static bool
take_line(struct nhi_issued *e, struct nhi_span line)
{
	struct nhi_span name;

	if (!nhi_span_cut(&line, '=', &name) || line.p == NULL)
		return false;
	if (nhi_span_is(name, "keyid"))
		e->keyid = line.p;
	else if (nhi_span_is(name, "claims"))
		e->claims = line.p;
	else if (nhi_span_is(name, "certificate"))
		e->certificate = line.p;
	for (size_t i = 0; i < FIELDS; i++)
		if (nhi_span_is(name, fields[i].name))
			return take_field(e, &fields[i], line);
	return true;
}

/* The texts at the end are the buffer's: each line ends in a NUL. */
static bool
parse(struct nhi_buf *text, uint64_t serial, struct nhi_issued *ret)
{
	struct nhi_issued e = { .serial = serial, .keyid = "", .claims = "",
	    .certificate = "" };
	struct nhi_span rest = nhi_buf_all(text), line;

	if (rest.n == 0 || memchr(rest.p, '\0', rest.n) != NULL)
		return false;
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		if (rest.p == NULL)
			return false;
		text->p[line.p - text->p + (ptrdiff_t)line.n] = '\0';
		if (!take_line(&e, line))
			return false;
	}
	*ret = e;
	return e.valid_before > 0 && nhi_name_valid(e.account);
}

static bool
is_serial(const char *name, uint64_t *ret)
{
	return nhi_num_parse(nhi_span_str(name), UINT64_MAX, ret) && *ret > 0;
}

bool
nhi_issued_direct(const char *name)
{
	const size_t skip = sizeof(DIRECT) - 1;

	return strncmp(name, DIRECT, skip) == 0 &&
	    strspn(name + skip, "0123456789abcdef") == MARK &&
	    name[skip + MARK] == '-' && nhi_name_valid(name + skip + MARK + 1);
}

static enum nhi_err
read_at(int dir, const char *name, struct nhi_buf *text,
    struct nhi_issued *ret, struct nhi_why *why)
{
	uint64_t serial = 0;
	enum nhi_err err;

	nhi_buf_reset(text);
	if (!nhi_issued_direct(name) && !is_serial(name, &serial))
		return nhi_fail(why, NHI_ERR_NO_MATCH, "%s: no serial", name);
	if ((err = nhi_file_read(dir, name, NHI_FILE_ANY, text, why)) !=
	    NHI_OK)
		return errno == ENOENT ? nhi_fail(why, NHI_ERR_NO_MATCH,
		    "serial %s was not issued here, or has expired", name) :
		    err;
	return parse(text, serial, ret) ? NHI_OK : nhi_fail(why,
	    NHI_ERR_STATE, "issued/%s: cannot be read", name);
}

enum nhi_err
nhi_issued_find(const char *issued, uint64_t serial, struct nhi_buf *text,
    struct nhi_issued *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char name[24];
	enum nhi_err err;

	(void)snprintf(name, sizeof(name), "%" PRIu64, serial);
	if ((err = nhi_dir_open(AT_FDCWD, issued, &dir, why)) != NHI_OK)
		return err;
	return read_at(dir, name, text, ret, why);
}

static enum nhi_err
open_list(const char *issued, DIR **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, issued, &dir, why)) != NHI_OK)
		return err;
	if ((*ret = nhi_list_take(&dir)) == NULL)
		return fault(issued, why);
	return NHI_OK;
}

enum nhi_err
nhi_issued_each(const char *issued,
    bool (*fn)(const struct nhi_issued *, void *), void *arg,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ENTRY_MAX);
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	const struct dirent *de;
	struct nhi_issued e;
	enum nhi_err err;

	if ((err = open_list(issued, &list, why)) != NHI_OK)
		return err;
	while ((de = nhi_list_next(list)) != NULL)
		if (read_at(dirfd(list), de->d_name, &text, &e, NULL) ==
		    NHI_OK && !fn(&e, arg))
			return NHI_OK;
	return errno == 0 ? NHI_OK : fault(issued, why);
}

/*
 * No certificate lives longer than a day, whatever an entry says; and nobody
 * comes back to a file of yesterday that has no serial as its name.  A token
 * may live a week and its session's lease longer, and root's word is taken.
 */
static bool
is_over(int dir, const char *name, int64_t now, struct nhi_buf *text)
{
	struct nhi_issued e;
	bool known;
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    S_ISDIR(st.st_mode))
		return false;
	known = read_at(dir, name, text, &e, NULL) == NHI_OK;
	if (known && st.st_uid == 0 && nhi_issued_direct(name))
		return e.valid_before < now;
	return st.st_mtime < now - NHI_CERT_TTL_MAX - DAY ||
	    (known && e.valid_before < now);
}

enum nhi_err
nhi_issued_sweep(const char *issued, int64_t now, uint64_t *ret_gone,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ENTRY_MAX);
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	const struct dirent *de;
	uint64_t gone = 0;
	enum nhi_err err;

	if ((err = open_list(issued, &list, why)) != NHI_OK)
		return err;
	while ((de = nhi_list_next(list)) != NULL)
		if (is_over(dirfd(list), de->d_name, now, &text) &&
		    unlinkat(dirfd(list), de->d_name, 0) == 0)
			gone++;
	if (errno != 0)
		return fault(issued, why);
	*ret_gone = gone;
	return NHI_OK;
}
