/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The source's byte first: who waits for it keeps nothing from the others.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/share.h"
#include "lib/base/siphash.h"
#include "lib/base/source.h"
#include "lib/base/spawn.h"

#define FILE_NAME	"shares"
#define STEP_NS		5000000
#define SOURCES_MASK	((UINT64_C(1) << 60) - 1)

struct range {
	off_t from;
	unsigned int n;
	const char *what;
};

/* NULL stands for all of them. */
static struct range
range_of(const char *source)
{
	static const uint8_t none[NHI_SIPHASH_KEY] = { 0 };
	uint64_t h;

	if (source == NULL)
		return (struct range){ 0, NHI_SHARES, "here" };
	h = nhi_siphash(none, source, strlen(source)) & SOURCES_MASK;
	return (struct range){ NHI_SHARES + (off_t)h * NHI_SHARES_SOURCE,
	    NHI_SHARES_SOURCE, source };
}

/* Each once, from a place of our own. */
static enum nhi_err
try_range(int fd, const struct range *r, struct nhi_why *why)
{
	for (unsigned int i = 0; i < r->n; i++) {
		struct flock l = {
			.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1,
			.l_start = r->from +
			    ((unsigned int)getpid() + i) % r->n,
		};

		if (fcntl(fd, F_OFD_SETLK, &l) == 0)
			return NHI_OK;
		if (errno != EAGAIN && errno != EACCES)
			return nhi_fail(why, NHI_ERR_STATE, FILE_NAME ": %s",
			    strerror(errno));
	}
	return nhi_fail(why, NHI_ERR_CAP, "%u are under way already: %s",
	    r->n, r->what);
}

static enum nhi_err
wait_for(int fd, struct range r, int64_t deadline, struct nhi_why *why)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	enum nhi_err err;

	while ((err = try_range(fd, &r, why)) == NHI_ERR_CAP &&
	    nhi_clock_ms() < deadline)
		(void)nanosleep(&step, NULL);
	return err;
}

static enum nhi_err
open_file(const char *path, int *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat st;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, path, &dir, why)) != NHI_OK)
		return err;
	fd = openat(dir, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0 || fstat(fd, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s/" FILE_NAME ": %s",
		    path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s/" FILE_NAME ": not a file", path);
	*ret = fd;
	fd = -1;
	return NHI_OK;
}

enum nhi_err
nhi_share_take(const char *dir, const char *source, int *ret_fd,
    struct nhi_why *why)
{
	int64_t deadline = nhi_clock_ms() + NHI_SHARE_MS;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char key[NHI_SOURCE_SIZE];
	enum nhi_err err;

	if ((err = open_file(dir, &fd, why)) != NHI_OK ||
	    (source != NULL && nhi_source_key(source, key) &&
	    (err = wait_for(fd, range_of(key), deadline, why)) != NHI_OK) ||
	    (err = wait_for(fd, range_of(NULL), deadline, why)) != NHI_OK)
		return err;
	*ret_fd = fd;
	fd = -1;
	return NHI_OK;
}
