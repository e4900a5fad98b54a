/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * symlinkat is the decision: of all who make the same mark, one does.  The
 * directory is synced in the other case too, for the first one may not have
 * come so far.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/mark.h"
#include "lib/base/num.h"

#define KEY_MAX		(NHI_MARK_KEY - 1)
#define TRIES		3

static enum nhi_err
fault(const char *name, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "mark %s: %s", name,
	    strerror(errno));
}

/* "<key>:<exp>"; the key has a colon of its own. */
static bool
parse(const char *text, struct nhi_span *ret_key, int64_t *ret_exp)
{
	const char *colon = strrchr(text, ':');
	uint64_t exp;

	if (colon == NULL || colon == text ||
	    !nhi_num_parse(nhi_span_str(colon + 1), INT64_MAX, &exp))
		return false;
	*ret_key = (struct nhi_span){ text, (size_t)(colon - text) };
	*ret_exp = (int64_t)exp;
	return true;
}

static enum nhi_err
open_marks(const char *marks, int *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, marks, &fd, why)) != NHI_OK)
		return err;
	if (fstat(fd, &st) != 0 || (st.st_mode & S_IWOTH) != 0 ||
	    (st.st_uid != 0 && st.st_uid != geteuid()))
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: not root's, or anybody may write there", marks);
	*ret = fd;
	fd = -1;
	return NHI_OK;
}

/* The mark is there: is it this key's? */
static enum nhi_err
compare(const char *text, const char *name, const struct nhi_mark *mark,
    struct nhi_why *why)
{
	struct nhi_span key;
	int64_t exp;

	if (!parse(text, &key, &exp))
		return nhi_fail(why, NHI_ERR_STATE,
		    "mark %s: its text cannot be read", name);
	if (mark->key == NULL || mark->never || nhi_span_is(key, "-"))
		return nhi_fail(why, NHI_ERR_REPLAY,
		    "mark %.16s: the token was used before", name);
	if (!nhi_span_is(key, mark->key))
		return nhi_fail(why, NHI_ERR_REPLAY,
		    "mark %.16s: the token was used before, with key %.*s",
		    name, (int)key.n, key.p);
	return NHI_OK;
}

/* Make the mark or meet the one that is there. */
static enum nhi_err
spend(int dir, const char *name, const char *text,
    const struct nhi_mark *mark, struct nhi_why *why)
{
	char old[NHI_LINK_MAX + 1];

	for (unsigned int i = 0; i < TRIES; i++) {
		int found;

		if (nhi_link_make(dir, name, text) == 0)
			return NHI_OK;
		if (errno != EEXIST)
			return fault(name, why);
		if ((found = nhi_link_read(dir, name, old)) < 0)
			return fault(name, why);
		if (found == 1)
			return compare(old, name, mark, why);
		/* Swept in between: it had expired. */
	}
	return nhi_fail(why, NHI_ERR_STATE, "mark %s: comes and goes", name);
}

/* A key that could not be told from another one, or from none. */
static bool
bad_key(const char *key)
{
	size_t n = strlen(key);

	return n == 0 || n > KEY_MAX || strcmp(key, "-") == 0 ||
	    strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+/=:-") != n;
}

enum nhi_err
nhi_mark_spend(const char *marks, const struct nhi_mark *mark,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char name[NHI_MARK_NAME], text[KEY_MAX + 32];
	enum nhi_err err;

	if ((mark->key != NULL && bad_key(mark->key)) || mark->exp < 0)
		return nhi_fail(why, NHI_ERR_STATE, "mark: no such key");
	nhi_num_hex(mark->hash, sizeof(mark->hash), name);
	(void)snprintf(text, sizeof(text), "%s:%" PRId64,
	    mark->key == NULL ? "-" : mark->key, mark->exp);
	if ((err = open_marks(marks, &dir, why)) != NHI_OK ||
	    (err = spend(dir, name, text, mark, why)) != NHI_OK)
		return err;
	return fsync(dir) == 0 ? NHI_OK : fault(name, why);
}

int
nhi_mark_find(const char *marks, const char *name,
    char out[static NHI_MARK_KEY])
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char text[NHI_LINK_MAX + 1];
	struct nhi_span key;
	int64_t exp;
	int r;

	dir = open(marks, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 || (r = nhi_link_read(dir, name, text)) < 0)
		return -1;
	if (r == 0)
		return 0;
	if (!parse(text, &key, &exp) || key.n > KEY_MAX) {
		errno = EINVAL;
		return -1;
	}
	(void)snprintf(out, NHI_MARK_KEY, "%.*s", (int)key.n, key.p);
	return 1;
}

/* True when this name is a mark that is over. */
static bool
is_over(int dir, const char *name, int64_t now, bool *ret_mark)
{
	char text[NHI_LINK_MAX + 1];
	uint8_t hash[NHI_MARK_SIZE];
	struct nhi_span key;
	int64_t exp;

	*ret_mark = nhi_num_unhex(nhi_span_str(name), hash, sizeof(hash));
	return *ret_mark && nhi_link_read(dir, name, text) == 1 &&
	    parse(text, &key, &exp) && exp < now;
}

enum nhi_err
nhi_mark_sweep(const char *marks, int64_t now, size_t *ret_gone,
    size_t *ret_kept, struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	NHI_AUTO(nhi_fd_close) int dir = -1;
	size_t gone = 0, kept = 0;
	const struct dirent *de;
	enum nhi_err err;
	bool is_mark;

	if ((err = open_marks(marks, &dir, why)) != NHI_OK)
		return err;
	if ((list = nhi_list_take(&dir)) == NULL)
		return fault(marks, why);
	while ((de = nhi_list_next(list)) != NULL) {
		if (is_over(dirfd(list), de->d_name, now, &is_mark) &&
		    unlinkat(dirfd(list), de->d_name, 0) == 0)
			gone++;
		else
			kept += is_mark;
	}
	if (errno != 0)
		return fault(marks, why);
	*ret_gone = gone;
	*ret_kept = kept;
	return NHI_OK;
}
