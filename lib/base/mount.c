/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mount.h"

#ifndef SYS_openat2
#define SYS_openat2	437
#endif

bool
nhi_mount_there(int dir, const char *name)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV,
	};

	fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	return fd < 0 && errno == EXDEV;
}
