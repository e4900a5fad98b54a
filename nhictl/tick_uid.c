/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: UIDs that nobody has used for the retention of the policy, and the
 * homes of their names.  In use is what the policy declares, what has a lease,
 * and what a process still runs as.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/home.h"
#include "lib/base/lease.h"
#include "lib/base/num.h"
#include "lib/base/policy.h"
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

/* The real, effective, saved and file system UID of a process. */
static bool
add_process(struct use *u, const char *pid)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(65536);
	struct nhi_span rest, line, word;
	char path[64];
	uint64_t v;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/status", pid);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &text, NULL) != NHI_OK)
		return errno == ENOENT || errno == ESRCH;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (!nhi_span_cut(&line, '\t', &word) ||
		    !nhi_span_is(word, "Uid:"))
			continue;
		while (nhi_span_cut(&line, '\t', &word))
			if (nhi_num_parse(word, UINT32_MAX, &v) &&
			    v >= NHI_UID_MIN)
				nhi_buf_put(&u->running,
				    &(uint32_t){ (uint32_t)v }, 4);
		return u->running.err == NHI_OK;
	}
	return false;
}

static enum nhi_err
list_processes(struct use *u, struct nhi_why *why)
{
	const struct dirent *de;
	bool good = true;
	DIR *dp = opendir("/proc");

	if (dp == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "/proc: %s",
		    strerror(errno));
	while (good && (de = readdir(dp)) != NULL)
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9')
			good = add_process(u, de->d_name);
	(void)closedir(dp);
	u->listed = good;
	return good ? NHI_OK : nhi_fail(why, NHI_ERR_STATE,
	    "/proc: the UIDs of processes cannot be read");
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

	if (!u->listed && list_processes(u, NULL) != NHI_OK)
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

	first = nhi_home_sweep(t->homes, t->leases, &taken, why);
	err = nhi_tree_empty(t->homes, nhi_clock_ms() + EMPTY_MS, ret,
	    first == NHI_OK ? why : NULL);
	return first != NHI_OK ? first : err;
}
