/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: UIDs that nobody has used for the retention of the policy, and the
 * homes of their names.  In use is what the policy declares, what has a lease,
 * and what a process still runs as.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/home.h"
#include "lib/base/lease.h"
#include "lib/base/policy.h"
#include "lib/base/process.h"
#include "lib/base/registry.h"
#include "lib/base/spawn.h"
#include "lib/base/tree.h"
#include "nhictl/tick.h"

#define EMPTY_MS	20000

struct use {
	const struct nhi_tick *tick;
	const char *generation;
	struct nhi_buf running;		/* uint32_t each */
	bool listed;
};

static void
wipe(struct use *u)
{
	nhi_buf_wipe(&u->running);
}

static bool
add_process(struct use *u, int proc, pid_t pid)
{
	char name[32], status[NHI_PROCESS_STATUS];
	uint32_t uid[4];

	(void)snprintf(name, sizeof(name), "%ld/status", (long)pid);
	if (!nhi_process_read(proc, name, status, sizeof(status)))
		return errno == ENOENT || errno == ESRCH;
	if (!nhi_process_uids(status, uid))
		return false;
	for (size_t i = 0; i < sizeof(uid) / sizeof(uid[0]); i++)
		if (uid[i] >= NHI_UID_MIN)
			nhi_buf_put(&u->running, &uid[i], sizeof(uid[i]));
	return u->running.err == NHI_OK;
}

/* False: a UID that is in use may be missing. */
static bool
list_processes(struct use *u)
{
	NHI_AUTO(nhi_process_list_wipe) struct nhi_process_list all =
	    { NULL, 0 };
	NHI_AUTO(nhi_fd_close) int proc = open("/proc", O_RDONLY |
	    O_DIRECTORY | O_CLOEXEC);

	if (proc < 0 || !nhi_process_all(proc, &all))
		return false;
	for (size_t i = 0; i < all.n; i++)
		if (!add_process(u, proc, all.pid[i]))
			return false;
	u->listed = true;
	return true;
}

static bool
is_running(const struct use *u, uint32_t uid)
{
	uint32_t v;

	for (size_t i = 0; i + sizeof(v) <= u->running.n; i += sizeof(v)) {
		memcpy(&v, u->running.p + i, sizeof(v));
		if (v == uid)
			return true;
	}
	return false;
}

static int
is_used(const char *name, uint32_t uid, void *arg)
{
	struct use *u = arg;
	struct nhi_uid_entry e;
	struct nhi_account a;
	int r;

	if (!u->listed && !list_processes(u))
		return -1;
	if (is_running(u, uid))
		return 1;
	/* A number that the name had before, or was about to get. */
	r = nhi_registry_find(u->tick->uids, name, &e);
	if (r < 0 || (r == 1 && e.uid != uid))
		return r < 0 ? -1 : 0;
	if ((r = nhi_lease_live(u->tick->leases, name)) != 0)
		return r;
	r = nhi_account_find(u->generation, name, &a);
	return r == 1 && a.kind != NHI_ACCOUNT_DECLARED ? 0 : r;
}

/* A home that is somebody else's by now is not this name's to take away. */
static enum nhi_err
leave(const char *name, uint32_t uid, void *arg, struct nhi_why *why)
{
	const struct use *u = arg;
	bool gone;

	return nhi_tree_take(u->tick->homes, name, uid, &gone, why);
}

/* Without a policy nobody knows what it declares, or for how long it keeps. */
static enum nhi_err
open_policy(const struct nhi_tick *t, struct nhi_policy *policy,
    int64_t *ret_retention, struct nhi_why *why)
{
	NHI_AUTO(nhi_host_wipe) struct nhi_host host = { .id = NULL };
	enum nhi_err err;

	if ((err = nhi_policy_open(t->published, policy, why)) != NHI_OK ||
	    (err = nhi_policy_host(policy, &host, why)) != NHI_OK)
		return err;
	*ret_retention = host.retention;
	return NHI_OK;
}

static enum nhi_err
sweep(const struct nhi_tick *t, struct use *u, struct nhi_registry_sweep *s,
    uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	enum nhi_err err;

	if ((err = nhi_state_lock(t->leases, NHI_LOCK_MS, &lock, why)) != NHI_OK)
		return err;
	s->arg = u;
	return nhi_registry_sweep(s, ret, why);
}

enum nhi_err
nhi_tick_uids(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(wipe) struct use u = { .tick = t,
	    .running = NHI_BUF(64U << 20) };
	struct nhi_registry_sweep s = { .uids = t->uids, .now = t->wall,
	    .since = t->last, .used = is_used, .leave = leave };
	struct nhi_policy policy;
	int64_t retention = 0;
	enum nhi_err err;
	char text[NHI_LINK_MAX + 1];
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/current", t->published);
	/* A clock that may be behind would set times of use back to it. */
	if (t->now == 0 || !t->known || nhi_link_read(AT_FDCWD, path, text) == 0)
		return NHI_OK;
	if ((err = open_policy(t, &policy, &retention, why)) != NHI_OK)
		return err;
	u.generation = policy.path;
	s.before = t->now - retention;
	return sweep(t, &u, &s, ret, why);
}

enum nhi_err
nhi_tick_homes(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	uint64_t taken = 0;
	enum nhi_err err, first;

	first = nhi_home_sweep(&(struct nhi_home_places){ t->homes, t->leases,
	    t->sessions }, &taken, why);
	err = nhi_tree_empty(t->homes, nhi_clock_ms() + EMPTY_MS, ret,
	    first == NHI_OK ? why : NULL);
	return first != NHI_OK ? first : err;
}
