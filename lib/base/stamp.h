/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When something happened, by a clock that nobody sets: the boot id and
 * CLOCK_BOOTTIME in the kernel's ticks (those of /proc/PID/stat).
 */
#ifndef NHI_BASE_STAMP_H
#define NHI_BASE_STAMP_H

#include <sys/types.h>

#include "lib/base/buf.h"

#define NHI_BOOT_ID	36	/* characters */
#define NHI_STAMP_TEXT	64	/* "<boot id>:<ticks>" and NUL */

struct nhi_stamp {
	char boot[NHI_BOOT_ID + 1];
	uint64_t ticks;
};

/* The boot id of this kernel (allowing for containers: what /proc says). */
enum nhi_err	 nhi_stamp_boot(char ret[static NHI_BOOT_ID + 1],
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_stamp_now(struct nhi_stamp *ret, struct nhi_why *)
		    NHI_MUST;

/* Start time of a process in ticks since boot; NHI_ERR_STATE: there is none. */
enum nhi_err	 nhi_stamp_process(pid_t, uint64_t *ret, struct nhi_why *)
		    NHI_MUST;

/*
 * Is there the process that began at this tick?  1, 0, or -1 with errno when
 * it cannot be told (no descriptor, no memory, no /proc): nobody may be taken
 * for dead then.
 */
int		 nhi_stamp_alive(pid_t, uint64_t ticks);

/*
 * Does it run, or wait for a processor or a disk, and has had less than so
 * many seconds of a processor?  1, 0, -1: cannot be told.
 */
int		 nhi_stamp_starved(pid_t, uint64_t seconds);

/*
 * When an ssh connection began: the start of the caller's session leader
 * (sshd makes each connection's monitor one).  A leader that cannot be seen
 * is taken to have started with the kernel, so that everything is younger.
 */
enum nhi_err	 nhi_stamp_leader(struct nhi_stamp *ret, struct nhi_why *)
		    NHI_MUST;

/* Another boot is older; an equal tick is younger. */
bool		 nhi_stamp_older(const struct nhi_stamp *,
		    const struct nhi_stamp *than);

bool		 nhi_stamp_parse(struct nhi_span, struct nhi_stamp *ret);
void		 nhi_stamp_format(const struct nhi_stamp *,
		    char ret[static NHI_STAMP_TEXT]);

/* Kernel audit session of this process; UINT32_MAX when there is none. */
uint32_t	 nhi_stamp_audit_session(void);

#endif
