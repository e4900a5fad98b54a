/* SPDX-License-Identifier: BSD-2-Clause */
/* tick: a setup that nobody confirmed, whose watcher is gone. */
#include "config.h"

#include <syslog.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/keep.h"
#include "nhictl/tick.h"
#include "nhictl/trial.h"

enum nhi_err
nhi_tick_setup(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_undo u = { .out = NULL };
	bool did = false;
	enum nhi_err err;

	(void)t;
	if (access(NHI_KEEP_DIR, F_OK) != 0)
		return NHI_OK;
	/* Who is at work is at work. */
	if ((err = nhi_trial_lock(false, &lock, why)) != NHI_OK)
		return err == NHI_ERR_CAP ? NHI_OK : err;
	if ((err = nhi_trial_settle(false, &u, &did, why)) != NHI_OK)
		return err;
	*ret = u.changed;
	if (did)
		syslog(LOG_AUTHPRIV | LOG_WARNING, "nhictl tick: a setup was "
		    "not confirmed: rolled back (%u changes)", u.changed);
	return NHI_OK;
}
