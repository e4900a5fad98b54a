/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting one of our own programs from inside somebody else's process: empty
 * environment, no descriptor but the socket as 0 and 1, signals at default,
 * nothing of the host's state changed but SIGCHLD for as long as it takes.
 */
#ifndef NHI_BASE_SPAWN_H
#define NHI_BASE_SPAWN_H

#include <signal.h>
#include <sys/types.h>

#include "lib/base/buf.h"

struct nhi_spawn {
	pid_t pid;
	int fd;			/* our end of the socket; -1 after close */
	struct sigaction chld;	/* the host's */
};

/* argv[0] is the absolute path. */
enum nhi_err	 nhi_spawn_start(char *const argv[], struct nhi_spawn *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * How long a child may be late that had no processor: within nhi-drop's alarm
 * of five seconds.
 */
#define NHI_SPAWN_PATIENCE_MS	2500

/*
 * Send all of it, end the sending side, read the answer to its end; gives up
 * at the deadline (CLOCK_MONOTONIC, ms), and later only on a child that has
 * something to do: where hundreds log in at once it may wait for a processor
 * for seconds.  A dead peer is an error, never a signal.
 */
enum nhi_err	 nhi_spawn_talk(struct nhi_spawn *, struct nhi_span,
		    int64_t deadline, struct nhi_buf *answer,
		    struct nhi_why *) NHI_MUST;

/*
 * Close, wait until the deadline (with the same patience or without; with it,
 * a quarter of a second at least, for who has answered has to end), kill
 * where we may, give the host its SIGCHLD back.  True when the child exited
 * with status 0.
 */
bool		 nhi_spawn_end(struct nhi_spawn *, int64_t deadline,
		    bool patient);

/*
 * A child that was started ahead of its question: in between, the host has
 * its SIGCHLD back.
 */
void		 nhi_spawn_pause(struct nhi_spawn *);
void		 nhi_spawn_resume(struct nhi_spawn *);

int64_t		 nhi_clock_ms(void);	/* CLOCK_MONOTONIC */

#endif
