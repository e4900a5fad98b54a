/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One process: looking at it, and signals to the one that was looked at.  A
 * descriptor of it is opened first, then it is looked at, then the descriptor
 * gets the signal: whoever has the number by then, it is that process, or none.
 */
#ifndef NHI_BASE_PROCESS_H
#define NHI_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What we ask of a status ends with the signals.  Before them, at most: 500
 * groups of 10 digits and a blank, 5500 bytes; 4 lines of 33 name spaces, 1500;
 * the other lines, fewer than 50 of 20, 1000.  Only root sets more groups.
 */
#define NHI_PROCESS_STATUS	8192	/* bytes */

/*
 * The numbers of all that there are, in one go: whoever looks at one after the
 * other while somebody forks never comes to the end of /proc.  False: no
 * memory, or /proc cannot be read.
 */
struct nhi_process_list {
	pid_t *pid;
	size_t n;
};

bool	 nhi_process_all(int proc, struct nhi_process_list *ret);
void	 nhi_process_list_wipe(struct nhi_process_list *);

/*
 * False: it is not there.  Kernels before 5.3, and sandboxes, have numbers
 * only: *ret stays -1, and the look comes right before the signal.
 */
bool	 nhi_process_open(pid_t, int *ret);
bool	 nhi_process_send(pid_t, int fd, int sig);

/*
 * The first bytes of a file below the directory, as text; false with errno
 * (ENOENT, ESRCH: the process is not there any more).
 */
bool	 nhi_process_read(int dir, const char *name, char *out, size_t size);

/*
 * The uids as /proc/PID/status has them: the owner of the directory would be
 * root for a process that made itself undumpable.  Any of the four counts: a
 * set-uid program (sudo that waits for a password) still has the account's as
 * its real one, and may start the account's programs again.  What sudo runs
 * for somebody else, and sudo itself while that runs, has none.
 */
bool	 nhi_process_has_uid(const char *status, uint32_t uid);

/*
 * A zombie.  One whose first thread has ended looks dead, too; its others run.
 */
bool	 nhi_process_is_over(const char *status);

/* It stands still by a signal (not by a debugger). */
bool	 nhi_process_is_stopped(const char *status);

/*
 * It has a SIGKILL, or no memory any more, and runs no more of its own code,
 * however long it lasts.
 */
bool	 nhi_process_is_dying(const char *status);

/* Real, effective, saved, file system: the four uids, or none (false). */
bool	 nhi_process_uids(const char *status, uint32_t ret[static 4]);

/*
 * The first number of the line that begins so ("\nPid:\t"); 0: there is none.
 * Where a namespace lies below ours, more follow.
 */
uint32_t nhi_process_number(const char *status, const char *key);

#endif
