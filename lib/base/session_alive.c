/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/session.h"

bool
nhi_session_alive(const struct nhi_session *s)
{
	char boot[NHI_BOOT_ID + 1];
	uint64_t ticks;

	return nhi_stamp_boot(boot, NULL) == NHI_OK &&
	    strcmp(boot, s->start.boot) == 0 &&
	    nhi_stamp_process(s->pid, &ticks, NULL) == NHI_OK &&
	    ticks == s->start.ticks;
}
