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
#include "sshd_helper/slot.h"

#define STEP_NS	5000000

/* Try each once, from a place of our own; -1 when all are taken. */
static int
try_all(int dir)
{
	for (unsigned int i = 0; i < NHI_SLOTS; i++) {
		NHI_AUTO(nhi_fd_close) int fd = -1;
		char name[16];
		int got;

		(void)snprintf(name, sizeof(name), "%u",
		    ((unsigned int)getpid() + i) % NHI_SLOTS);
		fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
			continue;
		got = fd;
		fd = -1;
		return got;
	}
	return -1;
}

enum nhi_err
nhi_slot_take(const char *path, int *ret_fd, struct nhi_why *why)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	int64_t deadline = nhi_clock_ms() + NHI_SLOT_MS;
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;
	int fd;

	if ((err = nhi_dir_open(AT_FDCWD, path, &dir, why)) != NHI_OK)
		return err;
	while ((fd = try_all(dir)) < 0) {
		if (nhi_clock_ms() >= deadline)
			return nhi_fail(why, NHI_ERR_CAP,
			    "%d tokens are being verified", NHI_SLOTS);
		(void)nanosleep(&step, NULL);
	}
	*ret_fd = fd;
	return NHI_OK;
}
