/* SPDX-License-Identifier: BSD-2-Clause */
/* Draining the real spool: the real users, by name, and the real clock. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/list.h"
#include "lib/base/paths.h"
#include "lib/base/spool_take.h"
#include "lib/base/user.h"

static uid_t
user(const char *name)
{
	uid_t uid;

	return nhi_user_find("/etc/passwd", name, &uid) ? uid :
	    NHI_SPOOL_NOBODY;
}

/* Names that only stay taken hold nothing (lib/base/spool_name.h). */
static bool
holds_nothing(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 0;
}

/* Setup was taken back: nobody is there to leave a record. */
static bool
is_empty(const char *spool)
{
	NHI_AUTO(nhi_list_close) DIR *list = opendir(spool);
	const struct dirent *de;

	while (list != NULL && (de = nhi_list_next(list)) != NULL)
		if (!holds_nothing(dirfd(list), de->d_name))
			return false;
	return list != NULL && errno == 0;
}

enum nhi_err
nhi_spool_drain(const char *spool, size_t max, size_t *ret_taken,
    struct nhi_why *why)
{
	struct nhi_spool_job job = { .spool = spool, .log_dir = NHI_LOG_DIR,
	    .log_name = strrchr(NHI_AUDIT_FILE, '/') + 1, .max = max };
	struct timespec now = { 0, 0 };

	job.issuer = user(NHI_ISSUER_USER);
	job.verify = user(NHI_VERIFY_USER);
	job.fetch = user(NHI_FETCH_USER);
	if (job.issuer == NHI_SPOOL_NOBODY &&
	    job.verify == NHI_SPOOL_NOBODY && job.fetch == NHI_SPOOL_NOBODY &&
	    is_empty(spool)) {
		*ret_taken = 0;
		return NHI_OK;
	}
	if (job.issuer == NHI_SPOOL_NOBODY && job.verify == NHI_SPOOL_NOBODY)
		return nhi_fail(why, NHI_ERR_STATE,
		    "/etc/passwd has neither %s nor %s", NHI_ISSUER_USER,
		    NHI_VERIFY_USER);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	job.now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	return nhi_spool_take(&job, ret_taken, why);
}
