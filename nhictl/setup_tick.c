/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Somebody has to call nhictl tick each minute and after a boot: it rolls
 * back a setup that nobody confirmed.  It comes first, and goes last.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "nhictl/edit.h"
#include "nhictl/proc.h"
#include "nhictl/setup.h"

#define CRON_DIR	"/etc/cron.d"

static const char text[] =
    "# Written by nhictl setup, where no nhi-tick.timer of systemd does it.\n"
    "@reboot root " NHI_SBIN_DIR "/nhictl tick\n"
    "* * * * * root " NHI_SBIN_DIR "/nhictl tick\n";

/* One that calls it in its own way is as good. */
static enum nhi_err
make(struct nhi_span old, struct nhi_buf *new, struct nhi_why *why)
{
	if (memmem(old.p, old.n, "nhictl tick", 11) != NULL)
		nhi_buf_span(new, old);
	else
		nhi_buf_str(new, text);
	return nhi_buf_check(new, why);
}

/* A unit that nobody started calls nothing. */
static bool
timer_runs(void)
{
	char path[NHI_PROC_PATH];
	const char *const argv[] = { path, "is-active", "--quiet",
	    "nhi-tick.timer", NULL };

	return access("/run/systemd/system", F_OK) == 0 &&
	    nhi_proc_find("systemctl", path) &&
	    nhi_proc_must(argv, NULL) == NHI_OK;
}

static bool
here(const void *arg, const char **ret_note)
{
	(void)arg;
	*ret_note = "nhi-tick.timer of systemd does it";
	if (timer_runs())
		return false;
	*ret_note = "neither a timer nor " CRON_DIR
	    " here; call nhictl tick each minute and after a boot";
	return access(CRON_DIR, F_OK) == 0;
}

static const struct nhi_edit cron = {
	.path = CRON_DIR "/nhi",
	.mode = 0644,
	.make = make,
};

const struct nhi_step nhi_setup_tick[] = {
	{ .what = "nhictl tick in " CRON_DIR "/nhi", .check = nhi_edit_check,
	    .describe = nhi_edit_describe, .apply = nhi_edit_apply,
	    .here = here, .arg = &cron },
	/* End of nhi_setup_tick */
	{ .what = NULL },
};
