/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/session.h"

int
nhi_session_alive(const struct nhi_session *s)
{
	char boot[NHI_BOOT_ID + 1];

	if (nhi_stamp_boot(boot, NULL) != NHI_OK)
		return -1;
	if (strcmp(boot, s->start.boot) != 0)
		return 0;
	return nhi_stamp_alive(s->pid, s->start.ticks);
}

bool
nhi_session_is_now(const struct nhi_session *s)
{
	char boot[NHI_BOOT_ID + 1];

	return nhi_stamp_boot(boot, NULL) == NHI_OK &&
	    strcmp(boot, s->start.boot) == 0;
}
