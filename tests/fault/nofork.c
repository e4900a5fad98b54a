/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: while the file NOFORK is there, whatever is called from an
 * object whose path has NOFORK_FROM in it starts no process (EAGAIN), as where
 * the host has no more of them.  Everybody else does.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
refused(const void *caller)
{
	const char *from = getenv("NOFORK_FROM"), *file = getenv("NOFORK");
	Dl_info info;

	return from != NULL && file != NULL && access(file, F_OK) == 0 &&
	    dladdr(caller, &info) != 0 && info.dli_fname != NULL &&
	    strstr(info.dli_fname, from) != NULL;
}

#define REAL(name)	dlsym(RTLD_NEXT, name)
#define CALLER		__builtin_return_address(0)

int
posix_spawn(pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr,
    char *const argv[], char *const envp[])
{
	union {
		void *p;
		int (*f)(pid_t *, const char *,
		    const posix_spawn_file_actions_t *,
		    const posix_spawnattr_t *, char *const [], char *const []);
	} next = { .p = REAL("posix_spawn") };

	if (refused(CALLER))
		return EAGAIN;
	return next.f(pid, path, files, attr, argv, envp);
}

pid_t
fork(void)
{
	union {
		void *p;
		pid_t (*f)(void);
	} next = { .p = REAL("fork") };

	if (refused(CALLER)) {
		errno = EAGAIN;
		return -1;
	}
	return next.f();
}
