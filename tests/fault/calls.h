/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that inject.c wraps alike. */
#ifndef NHI_TESTS_FAULT_CALLS_H
#define NHI_TESTS_FAULT_CALLS_H

WRAP(int, fsync, (int fd), (fd), SYS | STATE, -1)
WRAP(int, ftruncate, (int fd, off_t n), (fd, n), SYS | STATE, -1)
WRAP(int, fchmod, (int fd, mode_t m), (fd, m), SYS | STATE, -1)
WRAP(int, fchown, (int fd, uid_t u, gid_t g), (fd, u, g), SYS | STATE, -1)
WRAP(int, lchown, (const char *p, uid_t u, gid_t g), (p, u, g), SYS | STATE,
    -1)
WRAP(int, mkdir, (const char *p, mode_t m), (p, m), SYS | STATE, -1)
WRAP(int, mkdirat, (int d, const char *p, mode_t m), (d, p, m), SYS | STATE,
    -1)
WRAP(int, rmdir, (const char *p), (p), SYS | STATE, -1)
WRAP(int, rename, (const char *a, const char *b), (a, b), SYS | STATE, -1)
WRAP(int, renameat, (int c, const char *a, int d, const char *b),
    (c, a, d, b), SYS | STATE, -1)
WRAP(int, symlinkat, (const char *t, int d, const char *p), (t, d, p),
    SYS | STATE, -1)
WRAP(int, unlink, (const char *p), (p), SYS | STATE, -1)
WRAP(int, unlinkat, (int d, const char *p, int f), (d, p, f), SYS | STATE, -1)
WRAP(int, remove, (const char *p), (p), SYS | STATE, -1)
WRAP(int, utimensat, (int d, const char *p, const struct timespec t[2],
    int f), (d, p, t, f), SYS | STATE, -1)
WRAP(int, futimens, (int fd, const struct timespec t[2]), (fd, t),
    SYS | STATE, -1)
WRAP(ssize_t, readlinkat, (int d, const char *p, char *b, size_t n),
    (d, p, b, n), SYS, -1)
WRAP(ssize_t, pread, (int fd, void *p, size_t n, off_t o), (fd, p, n, o),
    SYS, -1)
WRAP(int, fstat, (int fd, struct stat *st), (fd, st), SYS, -1)
WRAP(int, fstatat, (int d, const char *p, struct stat *st, int f),
    (d, p, st, f), SYS, -1)
WRAP(int, lstat, (const char *p, struct stat *st), (p, st), SYS, -1)
WRAP(int, stat, (const char *p, struct stat *st), (p, st), SYS, -1)
WRAP(int, access, (const char *p, int m), (p, m), SYS, -1)
WRAP(int, faccessat, (int d, const char *p, int m, int f), (d, p, m, f), SYS,
    -1)
WRAP(DIR *, opendir, (const char *p), (p), SYS, NULL)
WRAP(DIR *, fdopendir, (int fd), (fd), SYS, NULL)
WRAP(struct dirent *, readdir, (DIR *dp), (dp), SYS, NULL)
WRAP(FILE *, fopen, (const char *p, const char *m), (p, m), SYS, NULL)
WRAP(int, flock, (int fd, int op), (fd, op), SYS, -1)
WRAP(int, dup, (int fd), (fd), SYS, -1)
WRAP(off_t, lseek, (int fd, off_t o, int w), (fd, o, w), SYS, -1)
WRAP(pid_t, fork, (void), (), SYS, -1)
WRAP(pid_t, waitpid, (pid_t pid, int *s, int o), (pid, s, o), SYS, -1)
WRAP(int, socket, (int a, int b, int c), (a, b, c), SYS, -1)
WRAP(int, socketpair, (int a, int b, int c, int v[2]), (a, b, c, v), SYS, -1)
WRAP(int, connect, (int fd, __CONST_SOCKADDR_ARG a, socklen_t n),
    (fd, a, n), SYS, -1)
WRAP(ssize_t, send, (int fd, const void *p, size_t n, int f), (fd, p, n, f),
    SYS, -1)
WRAP(ssize_t, recv, (int fd, void *p, size_t n, int f), (fd, p, n, f), SYS,
    -1)
WRAP(int, poll, (struct pollfd *p, nfds_t n, int t), (p, n, t), SYS, -1)
WRAP(int, pipe2, (int v[2], int f), (v, f), SYS, -1)
WRAP(ssize_t, getrandom, (void *p, size_t n, unsigned int f), (p, n, f), SYS,
    -1)
/* End of the calls */

#endif
