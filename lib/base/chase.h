/* SPDX-License-Identifier: BSD-2-Clause */
/* The processes of one account in one kernel audit session (lib/base/reap.h). */
#ifndef NHI_BASE_CHASE_H
#define NHI_BASE_CHASE_H

#include <stdint.h>

/* SIGKILL until nothing is left, or two seconds are over. */
void		 nhi_chase(uint32_t uid, uint32_t audit_session);

/* One look, which sends the signal (0: none); how many there were. */
unsigned int	 nhi_chase_signal(uint32_t uid, uint32_t audit_session,
		    int sig);

#endif
