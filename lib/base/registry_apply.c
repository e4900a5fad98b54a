/* SPDX-License-Identifier: BSD-2-Clause */
/* What apply and setup write. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "lib/base/siphash.h"
#include "lib/base/uidwriter.h"

static bool
in_bounds(uint32_t uid)
{
	return uid >= NHI_UID_MIN && uid <= NHI_UID_MAX;
}

static enum nhi_err
take_wanted(struct nhi_uidwriter *w, uint32_t wanted)
{
	enum nhi_err err;
	bool got = false;

	if (!in_bounds(wanted))
		return nhi_fail(w->why, NHI_ERR_STATE,
		    "UID %" PRIu32 " is not from %u to %u", wanted,
		    NHI_UID_MIN, NHI_UID_MAX);
	if ((err = nhi_uidwriter_take(w, wanted, &got)) != NHI_OK)
		return err;
	return got ? NHI_OK : nhi_fail(w->why, NHI_ERR_UID_EXHAUSTED,
	    "UID %" PRIu32 " is another's", wanted);
}

static enum nhi_err
take_any(struct nhi_uidwriter *w, uint32_t *ret)
{
	enum nhi_err err;
	uint32_t hash;

	if ((err = nhi_uidwriter_range(w)) != NHI_OK)
		return err;
	return nhi_uidwriter_place(w, &hash, ret);
}

enum nhi_err
nhi_registry_set(const char *uids, const char *name, uint32_t wanted,
    uint32_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_uidwriter_close) struct nhi_uidwriter w =
	    NHI_UIDWRITER(uids, name, why);
	struct nhi_uid_entry e;
	uint32_t uid = wanted;
	enum nhi_err err;
	int r;

	if ((err = nhi_uidwriter_open(&w)) != NHI_OK)
		return err;
	if ((r = nhi_registry_find(uids, name, &e)) < 0)
		return nhi_uidwriter_fail(&w, "name");
	if (r == 1 && (wanted == 0 || wanted == e.uid)) {
		if ((err = nhi_uidwriter_settle(&w, &e)) == NHI_OK)
			*ret = e.uid;
		return err;
	}
	err = wanted != 0 ? take_wanted(&w, wanted) : take_any(&w, &uid);
	if (err != NHI_OK ||
	    (err = nhi_uidwriter_entry(&w, uid, false)) != NHI_OK)
		return err;
	*ret = uid;
	return NHI_OK;
}

enum nhi_err
nhi_registry_set_range(const char *uids, uint32_t lo, uint32_t hi,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_uidwriter_close) struct nhi_uidwriter w =
	    NHI_UIDWRITER(uids, NULL, why);
	enum nhi_err err;
	int r;

	if (!in_bounds(lo) || !in_bounds(hi) || lo > hi)
		return nhi_fail(why, NHI_ERR_STATE,
		    "UID range %" PRIu32 " to %" PRIu32 " is not within %u "
		    "to %u", lo, hi, NHI_UID_MIN, NHI_UID_MAX);
	if ((err = nhi_uidwriter_open(&w)) != NHI_OK)
		return err;
	/* What is there but makes no sense is written anew. */
	r = nhi_registry_range(uids, &w.range);
	if (r < 0 && errno != EBADMSG)
		return nhi_uidwriter_fail(&w, "changed");
	if (r == 1 && w.range.lo == lo && w.range.hi == hi)
		return nhi_uidwriter_range(&w);
	w.range.lo = lo;
	w.range.hi = hi;
	if ((err = nhi_uidwriter_begin(&w)) != NHI_OK)
		return err;
	return nhi_uidwriter_end(&w);
}

/* 1 there is a salt, 0 none, -1 with errno. */
static int
find_salt(const char *path)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	uint8_t bytes[NHI_SIPHASH_KEY + 1];
	ssize_t n;

	if (nhi_file_open(AT_FDCWD, path, NHI_FILE_OWN, &fd, NULL) != NHI_OK)
		return errno == ENOENT ? 0 : -1;
	n = read(fd, bytes, sizeof(bytes));
	explicit_bzero(bytes, sizeof(bytes));
	if (n < 0)
		return -1;
	errno = EBADMSG;
	return n == NHI_SIPHASH_KEY ? 1 : -1;
}

static enum nhi_err
make_salt(const struct nhi_uidwriter *w, const char *path)
{
	uint8_t salt[NHI_SIPHASH_KEY];
	enum nhi_err err;

	if (getrandom(salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
		return nhi_uidwriter_fail(w, "salt");
	err = nhi_file_replace(AT_FDCWD, path, 0600,
	    (struct nhi_span){ (const char *)salt, sizeof(salt) }, w->why);
	explicit_bzero(salt, sizeof(salt));
	return err;
}

static enum nhi_err
init_salt(struct nhi_uidwriter *w)
{
	char path[NHI_PATH_SIZE];
	enum nhi_err err;
	int r, range;

	if (!nhi_path_join(path, w->uids, "/", NHI_SPAN("salt")) ||
	    (r = find_salt(path)) < 0)
		return nhi_uidwriter_fail(w, "salt");
	if (r == 1)
		return NHI_OK;
	/* A salt that was lost: names without entry get other UIDs now. */
	if ((range = nhi_registry_range(w->uids, &w->range)) < 0)
		return nhi_uidwriter_fail(w, "changed");
	if ((range == 1 && (err = nhi_uidwriter_begin(w)) != NHI_OK) ||
	    (err = make_salt(w, path)) != NHI_OK)
		return err;
	return range == 1 ? nhi_uidwriter_end(w) : NHI_OK;
}

static enum nhi_err
make_dir(const char *uids, const char *sub, struct nhi_why *why)
{
	char path[NHI_PATH_SIZE];

	if (!nhi_path_join(path, uids, "/", nhi_span_str(sub)))
		return nhi_fail(why, NHI_ERR_STATE, "%s: too long", uids);
	return nhi_dir_make(AT_FDCWD, path, 0755, geteuid(), getegid(), why);
}

enum nhi_err
nhi_registry_init(const char *uids, struct nhi_why *why)
{
	NHI_AUTO(nhi_uidwriter_close) struct nhi_uidwriter w =
	    NHI_UIDWRITER(uids, NULL, why);
	enum nhi_err err;

	if ((err = nhi_dir_make(AT_FDCWD, uids, 0755, geteuid(), getegid(),
	    why)) != NHI_OK ||
	    (err = make_dir(uids, "name", why)) != NHI_OK ||
	    (err = make_dir(uids, "uid", why)) != NHI_OK ||
	    (err = nhi_uidwriter_open(&w)) != NHI_OK)
		return err;
	return init_salt(&w);
}
