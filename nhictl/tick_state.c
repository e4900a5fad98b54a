/* SPDX-License-Identifier: BSD-2-Clause */
/* tick: spool, marks, holds, hand-overs. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/issued.h"
#include "lib/base/lease.h"
#include "lib/base/list.h"
#include "lib/base/mark.h"
#include "lib/base/spool.h"
#include "nhictl/hold.h"
#include "nhictl/tick.h"
#include "nhictl/tick_time.h"

#define SPOOL_FILES	4096
#define SPOOL_ROUNDS	64
#define HOLDS_MAX	256		/* lifted in one tick */
#define PENDING_AGE	600		/* seconds; they are good for 120 */

enum nhi_err
nhi_tick_spool(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	size_t taken = 1;
	enum nhi_err err;

	for (unsigned int i = 0; taken > 0 && i < SPOOL_ROUNDS; i++) {
		taken = 0;
		if ((err = nhi_spool_drain(t->spool, SPOOL_FILES, &taken,
		    why)) != NHI_OK)
			return err;
		*ret += taken;
	}
	return NHI_OK;
}

enum nhi_err
nhi_tick_marks(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	size_t gone = 0, kept = 0;
	enum nhi_err err;

	if ((err = nhi_mark_sweep(t->marks, t->now, &gone, &kept, why)) !=
	    NHI_OK)
		return err;
	*ret = gone;
	return NHI_OK;
}

enum nhi_err
nhi_tick_issued(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	return nhi_issued_sweep(t->issued, t->now, ret, why);
}

struct over {
	struct nhi_hold holds[HOLDS_MAX];
	size_t n;
	int64_t now;
};

static bool
collect(const struct nhi_hold *hold, void *arg)
{
	struct over *over = arg;

	if (hold->expires != 0 && hold->expires <= over->now)
		over->holds[over->n++] = *hold;
	return over->n < HOLDS_MAX;
}

static enum nhi_err
lift(const struct nhi_tick *t, const struct nhi_hold *hold,
    struct nhi_why *why)
{
	char target[96], detail[512];
	enum nhi_err err;

	nhi_hold_target(hold, target);
	(void)snprintf(detail, sizeof(detail),
	    "hold on %s is over (set by %s: %s)", target, hold->by,
	    hold->reason);
	if ((err = nhi_hold_record(NHI_EVENT_HOLD_LIFT, hold, detail,
	    t->record, why)) != NHI_OK)
		return err;
	return nhi_hold_lift(t->holds, hold->scope, hold->name, why);
}

/* Under the lock of the holds, for one may be set anew meanwhile. */
enum nhi_err
nhi_tick_holds(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct over over = { .n = 0, .now = t->now };
	enum nhi_err err;

	if ((err = nhi_state_lock(t->holds, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK ||
	    (err = nhi_hold_each(t->holds, collect, &over, why)) != NHI_OK)
		return err;
	for (size_t i = 0; i < over.n; i++) {
		if ((err = lift(t, &over.holds[i], why)) != NHI_OK)
			return err;
		(*ret)++;
	}
	return NHI_OK;
}

enum nhi_err
nhi_tick_pending(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(AT_FDCWD, t->pending);
	const struct dirent *de;
	struct stat st;

	if (list == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", t->pending,
		    strerror(errno));
	while ((de = nhi_list_next(list)) != NULL)
		if (de->d_name[0] != '.' && fstatat(dirfd(list), de->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode) &&
		    nhi_tick_time_old(st.st_mtime, PENDING_AGE, t->wall) &&
		    unlinkat(dirfd(list), de->d_name, 0) == 0)
			(*ret)++;
	return errno == 0 ? NHI_OK : nhi_fail(why, NHI_ERR_STATE, "%s: %s",
	    t->pending, strerror(errno));
}
