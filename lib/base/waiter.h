/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whoever waits for a process of an account (su, sudo, runuser) stops when it
 * is stopped; sudo stops all of its process group, and so what is in a pipe
 * with it.
 */
#ifndef NHI_BASE_WAITER_H
#define NHI_BASE_WAITER_H

#include "lib/base/halt.h"

/* All that stands still on this host, before the account does. */
void	 nhi_waiter_note(struct nhi_halt *);

/* SIGCONT to those that wait and stand still, but to who was noted. */
void	 nhi_waiter_wake(struct nhi_halt *);

#endif
