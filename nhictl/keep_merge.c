/* SPDX-License-Identifier: BSD-2-Clause */
/* A setup that was confirmed: what pending knows goes over into base. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/undo.h"

/* One of the two copies of a file, from pending to base. */
static enum nhi_err
move(const char *which, const char *path, struct nhi_why *why)
{
	char from[NHI_PATH_SIZE], to[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = nhi_keep_path(NHI_KEEP_PENDING, which, path, from,
	    why)) != NHI_OK ||
	    (err = nhi_keep_path(NHI_KEEP_BASE, which, path, to,
	    why)) != NHI_OK)
		return err;
	if (access(from, F_OK) != 0)
		return NHI_OK;
	if ((err = nhi_copy_parents(to, why)) != NHI_OK)
		return err;
	return nhi_copy_file(from, to, why);
}

static enum nhi_err
load(const char *area, const char *which, const char *path, struct nhi_buf *b,
    bool *ret_there, struct nhi_why *why)
{
	char kept[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = nhi_keep_path(area, which, path, kept, why)) != NHI_OK)
		return err;
	return nhi_copy_read(kept, b, ret_there, why);
}

/* Did this setup find the file as the one before left it? */
static enum nhi_err
follows(const char *path, bool *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_KEEP_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf was = NHI_BUF(NHI_KEEP_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf made = NHI_BUF(NHI_KEEP_FILE);
	bool known = false, had = false, here = false;
	enum nhi_err err;

	if ((err = load(NHI_KEEP_BASE, "made", path, &old, &known,
	    why)) != NHI_OK ||
	    (err = load(NHI_KEEP_PENDING, "was", path, &was, &had,
	    why)) != NHI_OK ||
	    (err = load(NHI_KEEP_PENDING, "made", path, &made, &here,
	    why)) != NHI_OK)
		return err;
	/* made is in base already when the merge was stopped after it. */
	*ret = known && ((had && nhi_span_equal(nhi_buf_all(&old),
	    nhi_buf_all(&was))) || (here && nhi_span_equal(nhi_buf_all(&old),
	    nhi_buf_all(&made))));
	return NHI_OK;
}

/*
 * base keeps the oldest "was": all that is ours leads from it to "made" only
 * while nobody else changed the file in between.  Else unsetup must not put
 * the whole of the oldest back: without "made" it takes out our lines.
 */
static enum nhi_err
merge_made(struct nhi_span base, const char *path, struct nhi_why *why)
{
	char made[NHI_PATH_SIZE];
	bool ours = true;
	enum nhi_err err;

	if (nhi_keep_has(base, path) && (nhi_undo_is_shared(path) ||
	    nhi_undo_is_common(path)) &&
	    (err = follows(path, &ours, why)) != NHI_OK)
		return err;
	if (ours)
		return move("made", path, why);
	if ((err = nhi_keep_path(NHI_KEEP_BASE, "made", path, made,
	    why)) != NHI_OK)
		return err;
	return nhi_copy_unlink(made, why);
}

static enum nhi_err
merge_line(struct nhi_span base, struct nhi_span line, struct nhi_why *why)
{
	char text[NHI_PATH_SIZE];
	const char *path;
	bool file;
	enum nhi_err err;

	if (line.n >= sizeof(text))
		return nhi_fail(why, NHI_ERR_INTERNAL, "journal: a long line");
	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	file = strncmp(text, "file /", 6) == 0 ||
	    strncmp(text, "new /", 5) == 0;
	if (!file)
		return nhi_keep_note(NHI_KEEP_BASE, text, why);
	path = strchr(text, '/');
	if ((err = merge_made(base, path, why)) != NHI_OK ||
	    nhi_keep_has(base, path))
		return err;
	if ((err = move("was", path, why)) != NHI_OK)
		return err;
	return nhi_keep_note(NHI_KEEP_BASE, text, why);
}

/* A mode or a user that base knows already is the older truth. */
static bool
known(struct nhi_span base, struct nhi_span line)
{
	struct nhi_span kind, path, old, old_kind, old_path;

	if (!nhi_span_cut(&line, ' ', &kind) ||
	    !nhi_span_is(kind, NHI_KEEP_MODE) ||
	    !nhi_span_cut(&line, ' ', &path))
		return false;
	while (nhi_span_cut(&base, '\n', &old))
		if (nhi_span_cut(&old, ' ', &old_kind) &&
		    nhi_span_is(old_kind, NHI_KEEP_MODE) &&
		    nhi_span_cut(&old, ' ', &old_path) &&
		    nhi_span_equal(old_path, path))
			return true;
	return false;
}

enum nhi_err
nhi_keep_merge(struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf base = NHI_BUF(NHI_KEEP_JOURNAL);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_JOURNAL);
	struct nhi_span rest, line;
	enum nhi_err err;

	if ((err = nhi_keep_open(NHI_KEEP_BASE, why)) != NHI_OK ||
	    (err = nhi_keep_read(NHI_KEEP_BASE, &base, why)) != NHI_OK ||
	    (err = nhi_keep_read(NHI_KEEP_PENDING, &b, why)) != NHI_OK)
		return err;
	rest = nhi_buf_all(&b);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		if (known(nhi_buf_all(&base), line))
			continue;
		err = merge_line(nhi_buf_all(&base), line, why);
		if (err != NHI_OK)
			return err;
	}
	return NHI_OK;
}
