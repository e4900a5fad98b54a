/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"
#include "lib/base/slot.h"

#define STEP_NS		5000000		/* and then longer */
#define STEP_MAX_NS	(16 * STEP_NS)

/*
 * Try each once, from a place of our own: NHI_ERR_CAP when all are taken.  One
 * that cannot be opened is not taken, and somebody must know.
 */
static enum nhi_err
try_all(int dir, int *ret_fd, struct nhi_why *why)
{
	for (unsigned int i = 0; i < NHI_SLOTS; i++) {
		NHI_AUTO(nhi_fd_close) int fd = -1;
		char name[16];

		(void)snprintf(name, sizeof(name), "%u",
		    ((unsigned int)getpid() + i) % NHI_SLOTS);
		fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (fd < 0)
			return nhi_fail(why, NHI_ERR_STATE, "slot %s: %s",
			    name, strerror(errno));
		if (flock(fd, LOCK_EX | LOCK_NB) != 0)
			continue;
		*ret_fd = fd;
		fd = -1;
		return NHI_OK;
	}
	return nhi_fail(why, NHI_ERR_CAP, "%d tokens are being verified",
	    NHI_SLOTS);
}

enum nhi_err
nhi_slot_take(const char *path, int *ret_fd, struct nhi_why *why)
{
	struct timespec step = { .tv_nsec = STEP_NS };
	int64_t deadline = nhi_clock_ms() + NHI_SLOT_MS;
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, path, &dir, why)) != NHI_OK)
		return err;
	while ((err = try_all(dir, ret_fd, why)) == NHI_ERR_CAP &&
	    nhi_clock_ms() < deadline) {
		(void)nanosleep(&step, NULL);
		if (step.tv_nsec < STEP_MAX_NS)
			step.tv_nsec *= 2;
	}
	return err;
}
