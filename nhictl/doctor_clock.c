/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: the clock, and whether nhictl tick comes round. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>

#include "lib/base/paths.h"
#include "nhictl/doctor.h"
#include "nhictl/doctor_clock.h"
#include "nhictl/tick.h"

#define FIRST_PID_SPACE	0xEFFFFFFCU	/* the kernel's own, always */
#define SLACK		60		/* s */
#define TICK_AGE	600

bool
nhi_doctor_clock_free(int status, ino_t pid_space)
{
	return pid_space == FIRST_PID_SPACE && (status & STA_UNSYNC) != 0;
}

static void
check_sync(struct nhi_doctor *d)
{
	struct timex t = { .modes = 0 };
	struct stat st;

	if (adjtimex(&t) < 0 || stat("/proc/self/ns/pid", &st) != 0 ||
	    !nhi_doctor_clock_free(t.status, st.st_ino))
		return;
	nhi_doctor_find(d, NHI_DOCTOR_CLOCK_SYNC,
	    "the kernel's clock is not synchronised (status %#x)",
	    (unsigned int)t.status);
}

/* What was written cannot be younger than now. */
static void
check_back(struct nhi_doctor *d)
{
	static const char *const paths[] = { NHI_PUBLISHED_DIR "/current",
		NHI_AUDIT_FILE, NHI_MARKS_DIR, NHI_ISSUED_DIR, NHI_UIDS_DIR,
		NHI_SESSIONS_DIR, NHI_CA_PUB };
	struct stat st;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (lstat(paths[i], &st) == 0 && st.st_mtime > d->now + SLACK)
			nhi_doctor_find(d, NHI_DOCTOR_CLOCK_BACK,
			    "%s was written %" PRId64 " s from now", paths[i],
			    (int64_t)st.st_mtime - d->now);
}

/* The stamp is of this boot; just after it nobody is late. */
static void
check_tick(struct nhi_doctor *d)
{
	struct timespec up = { 0, 0 };
	struct stat st;

	if (stat(NHI_TICK_STAMP, &st) != 0) {
		if (clock_gettime(CLOCK_BOOTTIME, &up) == 0 &&
		    up.tv_sec > TICK_AGE)
			nhi_doctor_find(d, NHI_DOCTOR_TICK,
			    "nhictl tick has not run since the boot");
		return;
	}
	if (st.st_mtime < d->now - TICK_AGE)
		nhi_doctor_find(d, NHI_DOCTOR_TICK, "nhictl tick ran %" PRId64
		    " minutes ago", (d->now - (int64_t)st.st_mtime) / 60);
}

void
nhi_doctor_clock(struct nhi_doctor *d)
{
	check_sync(d);
	check_back(d);
	check_tick(d);
}
