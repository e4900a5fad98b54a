/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "lib/base/registry.h"
#include "lib/base/spawn.h"

#define LOCK_STEP	(500 * 1000)	/* nanoseconds, and then longer */
#define LOCK_STEP_MAX	(32 * LOCK_STEP)
#define LEASE_TEXT	80

static bool
cut_number(struct nhi_span *text, uint64_t min, uint64_t max)
{
	struct nhi_span word;
	uint64_t v;

	return nhi_span_cut(text, ':', &word) &&
	    nhi_num_parse(word, max, &v) && v >= min;
}

int
nhi_lease_live(const char *leases, const char *account)
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	char boot[NHI_BOOT_ID + 1];
	struct nhi_span rest, lease;
	int r;

	if (!nhi_name_valid(account))
		return 0;
	if (!nhi_path_join(path, leases, "/", nhi_span_str(account)))
		return -1;
	if ((r = nhi_link_read(AT_FDCWD, path, text)) != 1)
		return r;
	rest = nhi_span_str(text);
	if (!nhi_span_cut(&rest, ':', &lease) || lease.n != NHI_BOOT_ID ||
	    !cut_number(&rest, NHI_UID_MIN, NHI_UID_MAX) ||
	    !cut_number(&rest, 1, UINT32_MAX) || rest.p != NULL) {
		errno = EBADMSG;
		return -1;
	}
	if (nhi_stamp_boot(boot, NULL) != NHI_OK)
		return -1;
	return nhi_span_is(lease, boot) ? 1 : 0;
}

enum nhi_err
nhi_lease_set(const char *leases, const char *account, uint32_t uid,
    uint32_t sessions, struct nhi_why *why)
{
	char path[NHI_PATH_SIZE], text[LEASE_TEXT], boot[NHI_BOOT_ID + 1];
	enum nhi_err err;

	if (!nhi_name_valid(account) || uid < NHI_UID_MIN ||
	    uid > NHI_UID_MAX)
		return nhi_fail(why, NHI_ERR_INTERNAL, "lease of %s, UID %u",
		    account, (unsigned int)uid);
	if (!nhi_path_join(path, leases, "/", nhi_span_str(account)))
		return nhi_fail(why, NHI_ERR_STATE, "%s: too long", leases);
	if (sessions == 0) {
		if (unlink(path) != 0 && errno != ENOENT)
			return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
			    strerror(errno));
		return NHI_OK;
	}
	if ((err = nhi_stamp_boot(boot, why)) != NHI_OK)
		return err;
	(void)snprintf(text, sizeof(text), "%s:%" PRIu32 ":%" PRIu32, boot,
	    uid, sessions);
	if (nhi_link_replace(AT_FDCWD, path, text) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	return NHI_OK;
}

/*
 * No alarm and no signal: it may be somebody else's process.  Hundreds that
 * ask each millisecond would leave no processor to the one that has it.
 */
static bool
wait_lock(int fd, int64_t ms)
{
	struct timespec step = { 0, LOCK_STEP };
	int64_t deadline = nhi_clock_ms() + ms;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		if (nhi_clock_ms() >= deadline) {
			errno = ETIMEDOUT;
			return false;
		}
		(void)nanosleep(&step, NULL);
		if (step.tv_nsec < LOCK_STEP_MAX)
			step.tv_nsec *= 2;
	}
	return true;
}

enum nhi_err
nhi_state_lock(const char *dir, int64_t ms, int *ret_fd, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char path[NHI_PATH_SIZE];
	struct stat st;

	if (!nhi_path_join(path, dir, "/", NHI_SPAN(".lock")) ||
	    (fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY | O_NONBLOCK, 0600)) < 0 || fstat(fd, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s/.lock: %s", dir,
		    strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return nhi_fail(why, NHI_ERR_STATE, "%s: not our file", path);
	/* Who can open it can hold it for ever. */
	if ((st.st_mode & 07777) != 0600 && fchmod(fd, 0600) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	if (!wait_lock(fd, ms))
		return nhi_fail(why, errno == ETIMEDOUT ? NHI_ERR_CAP :
		    NHI_ERR_STATE, "%s: %s", path, strerror(errno));
	*ret_fd = fd;
	fd = -1;
	return NHI_OK;
}
