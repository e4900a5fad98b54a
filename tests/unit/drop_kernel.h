/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-drop over a kernel of a test's own: verify/drop.c is compiled once more
 * with this header in front.  What the real one does with uids is shown in
 * the lab; here each of its answers goes wrong once.
 */
#ifndef NHI_TEST_DROP_KERNEL_H
#define NHI_TEST_DROP_KERNEL_H

#include "config.h"

#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/paths.h"

int	 drop_main(int, char **);
int	 kernel_lstat(const char *, struct stat *);
uid_t	 kernel_geteuid(void);
int	 kernel_setgroups(size_t, const gid_t *);
int	 kernel_setresgid(gid_t, gid_t, gid_t);
int	 kernel_setresuid(uid_t, uid_t, uid_t);
int	 kernel_setuid(uid_t);
int	 kernel_setgid(gid_t);
int	 kernel_getresuid(uid_t *, uid_t *, uid_t *);
int	 kernel_getresgid(gid_t *, gid_t *, gid_t *);
int	 kernel_chdir(const char *);
int	 kernel_sigaction(int, const struct sigaction *, struct sigaction *);
int	 kernel_sigprocmask(int, const sigset_t *, sigset_t *);
int	 kernel_setrlimit(int, const struct rlimit *);
mode_t	 kernel_umask(mode_t);
long	 kernel_syscall(long, unsigned int, unsigned int, unsigned int);
int	 kernel_close(int);
unsigned int kernel_alarm(unsigned int);
int	 kernel_execve(const char *, char *const *, char *const *);

#ifdef NHI_TEST_DROP_PROGRAM
#define main		drop_main
#define lstat		kernel_lstat
#define geteuid		kernel_geteuid
#define setgroups	kernel_setgroups
#define setresgid	kernel_setresgid
#define setresuid	kernel_setresuid
#define setuid		kernel_setuid
#define setgid		kernel_setgid
#define getresuid	kernel_getresuid
#define getresgid	kernel_getresgid
#define chdir		kernel_chdir
#define sigaction(n, a, o)	kernel_sigaction((n), (a), (o))
#define sigprocmask	kernel_sigprocmask
#define setrlimit(r, l)	kernel_setrlimit((int)(r), (l))
#define umask		kernel_umask
#define syscall		kernel_syscall
#define close		kernel_close
#define alarm		kernel_alarm
#define execve		kernel_execve
#endif

#endif
