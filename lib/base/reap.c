/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/process.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"
#include "lib/base/spawn.h"

#define PATIENCE_MS	500		/* after SIGTERM */

bool
nhi_reap_process(pid_t pid, uint64_t start, int sig)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	uint64_t ticks;

	if (pid <= 1 || !nhi_process_open(pid, &fd))
		return false;
	return nhi_stamp_process(pid, &ticks, NULL) == NHI_OK &&
	    ticks == start && nhi_process_send(pid, fd, sig);
}

static int
is_alive(int proc, const char *pid, uint32_t uid)
{
	char path[32], status[NHI_PROCESS_STATUS];

	(void)snprintf(path, sizeof(path), "%.10s/status", pid);
	if (!nhi_process_read(proc, path, status, sizeof(status)))
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	return !nhi_process_is_over(status) && nhi_process_has_uid(status, uid);
}

int
nhi_reap_alive(uint32_t uid)
{
	NHI_AUTO(nhi_process_list_wipe) struct nhi_process_list all = { NULL, 0 };
	NHI_AUTO(nhi_fd_close) int proc = -1;
	char name[16];
	int r = 0;

	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0 || !nhi_process_all(proc, &all))
		return -1;
	for (size_t i = 0; r == 0 && i < all.n; i++) {
		(void)snprintf(name, sizeof(name), "%ld", (long)all.pid[i]);
		r = is_alive(proc, name, uid);
	}
	return r;
}

static bool
is_ours(uint32_t uid, uint32_t audit_session)
{
	return uid >= NHI_UID_MIN && audit_session != 0 &&
	    audit_session != UINT32_MAX;
}

bool
nhi_reap_kill(const struct nhi_chase *c)
{
	return !is_ours(c->uid, c->audit_session) || nhi_chase(c);
}

bool
nhi_reap_session(const struct nhi_chase *c, unsigned int *ret_found)
{
	const struct timespec step = { 0, 20000000 };
	const int64_t deadline = nhi_clock_ms() + PATIENCE_MS;

	*ret_found = 0;
	if (!is_ours(c->uid, c->audit_session))
		return true;
	*ret_found = nhi_chase_signal(c, SIGTERM);
	while (nhi_reap_left(c) > 0 &&
	    nhi_clock_ms() < deadline)
		(void)nanosleep(&step, NULL);
	return nhi_chase(c);
}

unsigned int
nhi_reap_left(const struct nhi_chase *c)
{
	return is_ours(c->uid, c->audit_session) ? nhi_chase_signal(c, 0) : 0;
}
