/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/home.h"
#include "lib/base/lease.h"
#include "lib/base/list.h"
#include "lib/base/name.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "lib/base/reap.h"
#include "lib/base/session.h"
#include "lib/base/tree.h"

#define LENT	"/.lent"

static enum nhi_err
fault(const char *what, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "home of %s: %s", what,
	    strerror(errno));
}

/* 1, 0: it was not lent, -1 with errno. */
static int
find(int lent, const char *name, uint32_t *ret)
{
	char text[NHI_LINK_MAX + 1];
	uint64_t v;
	int r = nhi_link_read(lent, name, text);

	if (r != 1)
		return r;
	if (!nhi_num_parse(nhi_span_str(text), UINT32_MAX, &v)) {
		errno = EBADMSG;
		return -1;
	}
	*ret = (uint32_t)v;
	return 1;
}

/* Made where it is to be written; ENOENT in errno where it is not there. */
static enum nhi_err
open_lent(const char *homes, bool make, int *ret, struct nhi_why *why)
{
	char path[NHI_PATH_SIZE];
	enum nhi_err err;

	if (!nhi_path_join(path, homes, LENT, NHI_SPAN("")))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: too long", homes);
	if (make && (err = nhi_dir_make(AT_FDCWD, path, 0700, geteuid(), getegid(),
	    why)) != NHI_OK)
		return err;
	return nhi_dir_open(AT_FDCWD, path, ret, why);
}

/* The many that are not lent cost one readlink. */
static bool
is_lent(const char *homes, const char *name)
{
	char dir[NHI_PATH_SIZE], path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];

	return !nhi_path_join(dir, homes, LENT "/", NHI_SPAN("")) ||
	    !nhi_path_join(path, dir, "", nhi_span_str(name)) ||
	    nhi_link_read(AT_FDCWD, path, text) != 0;
}

/* What was noted is not noted again. */
static bool
is_noted(int lent, const char *name, uint32_t uid)
{
	uint32_t old = 0;

	return find(lent, name, &old) == 1 && old == uid;
}

/*
 * A note that comes back after a crash would take a home away that is the
 * account's own by now.  One that is lost only leaves a home behind, and each
 * login would wait for the disk under a lock of all.
 */
enum nhi_err
nhi_home_lend(const char *homes, const char *name, uint32_t uid, bool lent,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;
	char text[16];

	if (!lent && !is_lent(homes, name))
		return NHI_OK;
	if ((err = open_lent(homes, true, &dir, why)) != NHI_OK)
		return err;
	if (lent && is_noted(dir, name, uid))
		return NHI_OK;
	(void)snprintf(text, sizeof(text), "%" PRIu32, uid);
	if (lent ? nhi_link_replace(dir, name, text) != 0 :
	    (unlinkat(dir, name, 0) != 0 && errno != ENOENT) ||
	    fsync(dir) != 0)
		return fault(name, why);
	return NHI_OK;
}

/* The home before the note: what is stopped half-way is done by tick. */
static enum nhi_err
take(int lent, const char *homes, const char *name, bool *ret,
    struct nhi_why *why)
{
	uint32_t uid = 0;
	bool gone;
	enum nhi_err err;
	int r = find(lent, name, &uid);

	*ret = false;
	if (r <= 0)
		return r == 0 ? NHI_OK : fault(name, why);
	if ((err = nhi_tree_take(homes, name, uid, &gone, why)) != NHI_OK)
		return err;
	if (unlinkat(lent, name, 0) != 0 && errno != ENOENT)
		return fault(name, why);
	*ret = gone;
	return NHI_OK;
}

bool
nhi_home_free(const char *homes, const char *name)
{
	NHI_AUTO(nhi_fd_close) int lent = -1;
	uint32_t uid = 0;

	return is_lent(homes, name) &&
	    open_lent(homes, false, &lent, NULL) == NHI_OK &&
	    find(lent, name, &uid) == 1 && nhi_reap_alive(uid) == 0;
}

enum nhi_err
nhi_home_return(const char *homes, const char *name, bool *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lent = -1;
	enum nhi_err err;

	*ret = false;
	if (!is_lent(homes, name))
		return NHI_OK;
	if ((err = open_lent(homes, true, &lent, why)) != NHI_OK)
		return err;
	return take(lent, homes, name, ret, why);
}

/* A job of cron has no lease, and may have no process yet. */
static bool
has_session(const struct nhi_home_places *at, const char *name)
{
	const struct nhi_session_filter of_account = { .account = name,
		.alive = true };
	uint32_t n;

	return nhi_lease_live(at->leases, name) != 0 ||
	    nhi_session_count(at->sessions, &of_account, &n, NULL) != NHI_OK ||
	    n > 0;
}

/* A session may have begun since the look through /proc. */
static enum nhi_err
sweep_one(int lent, const struct nhi_home_places *at, const char *name,
    bool *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	uint32_t uid = 0;
	enum nhi_err err;
	int r;

	*ret = false;
	if (nhi_lease_live(at->leases, name) != 0)
		return NHI_OK;
	if ((r = find(lent, name, &uid)) <= 0)
		return r == 0 ? NHI_OK : fault(name, why);
	if ((r = nhi_reap_alive(uid)) != 0)
		return r == 1 ? NHI_OK : fault(name, why);
	if ((err = nhi_state_lock(at->leases, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK)
		return err;
	return has_session(at, name) ? NHI_OK :
	    take(lent, at->homes, name, ret, why);
}

enum nhi_err
nhi_home_sweep(const struct nhi_home_places *at, uint64_t *ret_gone,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	NHI_AUTO(nhi_fd_close) int lent = -1;
	enum nhi_err err, first = NHI_OK;
	const struct dirent *de;
	bool gone;

	if ((err = open_lent(at->homes, false, &lent, why)) != NHI_OK)
		return errno == ENOENT ? NHI_OK : err;
	if ((list = nhi_list_open(lent, ".")) == NULL)
		return fault("all", why);
	while ((de = nhi_list_next(list)) != NULL) {
		if (!nhi_name_valid(de->d_name))
			continue;
		err = sweep_one(lent, at, de->d_name, &gone,
		    first == NHI_OK ? why : NULL);
		if (err == NHI_OK)
			*ret_gone += gone;
		else if (first == NHI_OK)
			first = err;
	}
	return errno == 0 || first != NHI_OK ? first : fault("all", why);
}
