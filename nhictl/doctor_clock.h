/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the clock is a finding, apart from asking the kernel. */
#ifndef NHI_NHICTL_DOCTOR_CLOCK_H
#define NHI_NHICTL_DOCTOR_CLOCK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Is it this system's business that the clock runs free?  status is that of
 * adjtimex(2); pid_space is the inode of the pid namespace: in a container
 * the host keeps the time, and only there can it be mended.
 */
bool	 nhi_doctor_clock_free(int status, ino_t pid_space);

#endif
