/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/linger.h"
#include "lib/base/list.h"
#include "lib/base/policy.h"
#include "lib/base/registry.h"

/*
 * -1: it is not there.  Where others may write, a name is not what it was when
 * it is removed.
 */
static enum nhi_err
open_dir(const char *path, int *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;
	enum nhi_err err;

	*ret = -1;
	if ((err = nhi_dir_open(AT_FDCWD, path, &fd, why)) != NHI_OK)
		return errno == ENOENT ? NHI_OK : err;
	if (fstat(fd, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: others may write there", path);
	*ret = fd;
	fd = -1;
	return NHI_OK;
}

enum nhi_err
nhi_linger_end(const char *linger, const char *leases, const char *account,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	/* One that cannot be told may be a session's. */
	if (!nhi_name_valid(account) || nhi_lease_live(leases, account) != 0)
		return NHI_OK;
	if ((err = open_dir(linger, &dir, why)) != NHI_OK)
		return err;
	if (dir >= 0 && unlinkat(dir, account, 0) != 0 && errno != ENOENT)
		return nhi_fail(why, NHI_ERR_STATE, "%s/%s: %s", linger,
		    account, strerror(errno));
	return NHI_OK;
}

int
nhi_linger_left(const struct nhi_linger *l, const char *name)
{
	struct nhi_uid_entry e;
	struct nhi_account a;
	int r;

	if (!nhi_name_valid(name))
		return 0;
	if ((r = nhi_registry_find(l->uids, name, &e)) != 1 ||
	    (r = nhi_account_find(l->generation, name, &a)) != 1)
		return r;
	r = nhi_lease_live(l->leases, name);
	return r == 0 ? 1 : r < 0 ? -1 : 0;
}

/* A session may have begun since. */
static enum nhi_err
sweep_one(const struct nhi_linger *l, const char *name, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	enum nhi_err err;

	if ((err = nhi_state_lock(l->leases, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK)
		return err;
	return nhi_linger_end(l->dir, l->leases, name, why);
}

enum nhi_err
nhi_linger_sweep(const struct nhi_linger *l, uint64_t *ret_gone,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = opendir(l->dir);
	enum nhi_err err, first = NHI_OK;
	const struct dirent *de;

	if (list == NULL)
		return errno == ENOENT ? NHI_OK : nhi_fail(why, NHI_ERR_STATE,
		    "%s: %s", l->dir, strerror(errno));
	while ((de = nhi_list_next(list)) != NULL) {
		if (nhi_linger_left(l, de->d_name) != 1)
			continue;
		err = sweep_one(l, de->d_name, first == NHI_OK ? why : NULL);
		if (err == NHI_OK)
			(*ret_gone)++;
		else if (first == NHI_OK)
			first = err;
	}
	return errno == 0 || first != NHI_OK ? first : nhi_fail(why,
	    NHI_ERR_STATE, "%s: %s", l->dir, strerror(errno));
}
