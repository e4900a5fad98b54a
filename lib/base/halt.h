/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All processes of an account stand still for a moment, which no fork escapes,
 * and then go on, those of its other sessions too.  Who waits for one of them
 * (su, sudo, runuser of root or of a person) stops with it, as for a job that
 * was suspended, and sudo stops all of its process group: they are told to go
 * on as well, but who stood still before.  A shell that somebody types into
 * has taken its terminal back by then: such a job goes on behind it.
 *
 * While they stand still there is a file DIR/<uid>, locked and not empty: when
 * whoever stopped them dies, nhi_halt_mend lets them go on.
 */
#ifndef NHI_BASE_HALT_H
#define NHI_BASE_HALT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define NHI_HALT_NOTED	256

struct nhi_halt {
	uint32_t uid;
	int fd;				/* -1: they run */
	char file[64];			/* below the directory */
	int dir;
	uint32_t noted[NHI_HALT_NOTED];	/* stood still before; leave them */
	unsigned int n;
};

/*
 * DIR is made (0700) below what is there.  False: they run, for no process can
 * be started, or another one has stopped them.  Deadline by nhi_clock_ms.
 */
bool	 nhi_halt_begin(struct nhi_halt *, const char *dir, uint32_t uid,
	    int64_t deadline);

/* A third of a second; two where they work against it.  Nothing if they run. */
void	 nhi_halt_end(struct nhi_halt *);

/* What one left that died: of an account, of all. */
void	 nhi_halt_mend(const char *dir, uint32_t uid);
void	 nhi_halt_mend_all(const char *dir);

#endif
