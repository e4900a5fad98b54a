/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/home.h"
#include "lib/base/mount.h"
#include "lib/base/paths.h"
#include "pam_nhi/home.h"

#define LEFT		".left"
#define LEFT_TRIES	1000

static bool
is_ours(const struct nhi_account *a)
{
	const size_t n = sizeof(NHI_HOMES_DIR) - 1;

	return strncmp(a->home, NHI_HOMES_DIR "/", n + 1) == 0 &&
	    strcmp(a->home + n + 1, a->name) == 0;
}

static enum nhi_err
move(int homes, int left, const char *name, uint32_t uid, struct nhi_why *why)
{
	char to[NHI_ACCOUNT_TEXT + 32];

	for (unsigned int i = 0; i < LEFT_TRIES; i++) {
		(void)snprintf(to, sizeof(to), "%s.%" PRIu32 ".%u", name, uid,
		    i);
		if (renameat(homes, name, left, to) == 0 || errno == ENOENT)
			return NHI_OK;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			break;
	}
	return nhi_fail(why, NHI_ERR_STATE, "home of %s: %s", name,
	    strerror(errno));
}

/*
 * A home of another UID's is not handed over: what is in there may be
 * somebody's set-uid programs by now.  It is left to the administrator, where
 * nobody else comes.
 */
static enum nhi_err
set_aside(int homes, const char *name, uint32_t uid, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int left = -1;
	struct stat st;
	enum nhi_err err;

	if (fstatat(homes, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(st.st_mode) || st.st_uid == uid || st.st_uid == 0)
		return NHI_OK;
	if ((err = nhi_dir_make(homes, LEFT, 0700, 0, 0, why)) != NHI_OK ||
	    (err = nhi_dir_open(homes, LEFT, &left, why)) != NHI_OK)
		return err;
	return move(homes, left, name, (uint32_t)st.st_uid, why);
}

enum nhi_err
nhi_pam_home_make(const struct nhi_account *a, uint32_t uid, bool lent,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int homes = -1;
	enum nhi_err err;

	if (!is_ours(a))
		return NHI_OK;
	/*
	 * What is mounted there is its own home: it is not made, lent or
	 * looked at, under a lock that all logins need.
	 */
	if ((err = nhi_dir_make(AT_FDCWD, NHI_HOMES_DIR, 0755, 0, 0,
	    why)) != NHI_OK ||
	    (err = nhi_dir_open(AT_FDCWD, NHI_HOMES_DIR, &homes,
	    why)) != NHI_OK ||
	    nhi_mount_there(homes, a->name))
		return err;
	if ((err = set_aside(homes, a->name, uid, why)) != NHI_OK ||
	    (err = nhi_dir_make(homes, a->name, 0700, uid, uid, why)) !=
	    NHI_OK)
		return err;
	return nhi_home_lend(NHI_HOMES_DIR, a->name, uid, lent, why);
}
