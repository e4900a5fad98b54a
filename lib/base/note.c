/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/note.h"
#include "lib/base/num.h"

#define BY_MAX		64
#define REASON_MAX	256

static enum nhi_err
fault(const char *name, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "%s: %s", name, strerror(errno));
}

/* One word into a buffer of this size, cut to it. */
static bool
cut_word(struct nhi_span *rest, char *out, size_t size)
{
	NHI_AUTO(nhi_free) char *word = NULL;

	if (nhi_word_cut(rest, &word) != NHI_OK)
		return false;
	(void)snprintf(out, size, "%s", word);
	return true;
}

static bool
parse(const char *text, struct nhi_note *ret)
{
	struct nhi_span rest = nhi_span_str(text), word;
	uint64_t time;

	if (!cut_word(&rest, ret->id, sizeof(ret->id)) ||
	    !nhi_span_cut(&rest, ' ', &word) ||
	    !nhi_num_parse(word, INT64_MAX, &time) ||
	    !cut_word(&rest, ret->by, sizeof(ret->by)) ||
	    !cut_word(&rest, ret->reason, sizeof(ret->reason)))
		return false;
	ret->time = (int64_t)time;
	return rest.p == NULL;
}

/* 1 read, 0 there is none, -1 with errno. */
static int
read_note(int dir, const char *name, struct nhi_note *ret)
{
	char text[NHI_LINK_MAX + 1];
	struct nhi_note note = { .time = 0 };
	int found = nhi_link_read(dir, name, text);

	/* There, but no link or too long: somebody meant to stop something. */
	if (found < 0 && (errno == EINVAL || errno == ENAMETOOLONG)) {
		text[0] = '\0';
		found = 1;
	}
	if (found != 1)
		return found;
	if (!parse(text, &note))
		note = (struct nhi_note){ .id = "?", .by = "?",
		    .reason = "the text of the note cannot be read" };
	(void)snprintf(note.name, sizeof(note.name), "%s", name);
	*ret = note;
	return 1;
}

enum nhi_err
nhi_note_find(int dir, const char *kind, const char *name,
    struct nhi_note *ret, bool *ret_found, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;
	int found;

	if ((err = nhi_dir_open(dir, kind, &fd, why)) != NHI_OK)
		return err;
	if ((found = read_note(fd, name, ret)) < 0)
		return fault(name, why);
	*ret_found = found == 1;
	return NHI_OK;
}

static enum nhi_err
open_kind(const char *dir, const char *kind, int *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, dir, &fd, why)) != NHI_OK)
		return err;
	return nhi_dir_open(fd, kind, ret, why);
}

static struct nhi_span
head(const char *s, size_t max)
{
	return (struct nhi_span){ s, strnlen(s, max) };
}

/* Escapes grow a text threefold; a link is short: the reason gives way. */
static enum nhi_err
format(const struct nhi_note *note, struct nhi_buf *b, struct nhi_why *why)
{
	size_t reason = REASON_MAX;

	do {
		nhi_buf_reset(b);
		nhi_word_put(b, head(note->id, sizeof(note->id) - 1));
		nhi_buf_printf(b, " %" PRId64, note->time < 0 ? 0 : note->time);
		nhi_word_put(b, head(note->by, BY_MAX));
		nhi_word_put(b, head(note->reason, reason));
		reason /= 2;
	} while (b->err == NHI_ERR_TOO_LARGE && reason > 0);
	return nhi_buf_check(b, why);
}

enum nhi_err
nhi_note_put(const char *dir, const char *kind, const struct nhi_note *note,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_LINK_MAX);
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = format(note, &text, why)) != NHI_OK ||
	    (err = open_kind(dir, kind, &fd, why)) != NHI_OK)
		return err;
	if (nhi_link_replace(fd, note->name, nhi_buf_text(&text)) != 0 ||
	    fsync(fd) != 0)
		return fault(note->name, why);
	return NHI_OK;
}

enum nhi_err
nhi_note_remove(const char *dir, const char *kind, const char *name,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = open_kind(dir, kind, &fd, why)) != NHI_OK)
		return err;
	if (unlinkat(fd, name, 0) != 0)
		return errno == ENOENT ?
		    nhi_fail(why, NHI_ERR_NO_MATCH, "%s: there is none", name) :
		    fault(name, why);
	return fsync(fd) == 0 ? NHI_OK : fault(name, why);
}

/* A link that nhi_link_replace has not renamed (yet): ".tmp-<pid>-…". */
static bool
is_temp(const char *name)
{
	const char *p = strstr(name, ".tmp-");

	return p != NULL && strspn(p + 5, "0123456789-") == strlen(p + 5);
}

enum nhi_err
nhi_note_each(int dir, const char *kind,
    bool (*fn)(const struct nhi_note *, void *), void *arg,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const struct dirent *de;
	struct nhi_note note;
	enum nhi_err err;

	if ((err = nhi_dir_open(dir, kind, &fd, why)) != NHI_OK)
		return err;
	if ((list = nhi_list_take(&fd)) == NULL)
		return fault(kind, why);
	while ((de = nhi_list_next(list)) != NULL) {
		if (de->d_type == DT_DIR || de->d_name[0] == '.' ||
		    is_temp(de->d_name))
			continue;
		if (read_note(dirfd(list), de->d_name, &note) == 1 &&
		    !fn(&note, arg))
			return NHI_OK;
	}
	return errno == 0 ? NHI_OK : fault(kind, why);
}

enum nhi_err
nhi_note_init(const char *dir, const char *const kinds[], struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = nhi_dir_make(AT_FDCWD, dir, 0755, geteuid(), getegid(),
	    why)) != NHI_OK ||
	    (err = nhi_dir_open(AT_FDCWD, dir, &fd, why)) != NHI_OK)
		return err;
	for (size_t i = 0; kinds[i] != NULL; i++)
		if ((err = nhi_dir_make(fd, kinds[i], 0755, geteuid(),
		    getegid(), why)) != NHI_OK)
			return err;
	return NHI_OK;
}
