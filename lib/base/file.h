/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only ways in which NHI opens, reads and replaces files and symbolic
 * links.  Everything takes a directory descriptor (AT_FDCWD for absolute
 * paths), so that a swapped path component cannot redirect a second step.
 */
#ifndef NHI_BASE_FILE_H
#define NHI_BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/buf.h"

/* Longest symbolic link text that NHI writes, without NUL. */
#define NHI_LINK_MAX	1023

/* Whose file it may be; the first two are writable by nobody else. */
enum nhi_file_owner {
	NHI_FILE_ROOT,		/* root's */
	NHI_FILE_OWN,		/* root's, or the effective user's */
	NHI_FILE_ANY,		/* anybody's: content is not trusted */
	NHI_FILE_NAMED,		/* the same, named by who runs us */
};

/*
 * Open an existing regular file for reading: O_CLOEXEC, O_NOFOLLOW (on the
 * last component), O_NOCTTY, O_NONBLOCK, then fstat.  Of NHI_FILE_NAMED a
 * symbolic link is followed (a pod's token is one), and a pipe will do, whose
 * writer is waited for.  A file that is not there is NHI_ERR_STATE with errno
 * ENOENT; any refusal NHI_ERR_STATE.
 */
enum nhi_err	 nhi_file_open(int dir, const char *path, enum nhi_file_owner,
		    int *ret_fd, struct nhi_why *) NHI_MUST;

/* The same, read whole; too large is an error, never a truncation. */
enum nhi_err	 nhi_file_read(int dir, const char *path, enum nhi_file_owner,
		    struct nhi_buf *, struct nhi_why *) NHI_MUST;

/* Read an open descriptor to its end into the buffer (bounded by it). */
enum nhi_err	 nhi_file_slurp(int fd, struct nhi_buf *, struct nhi_why *)
		    NHI_MUST;

/* All of it, through short writes and EINTR. */
enum nhi_err	 nhi_file_put(int fd, struct nhi_span, struct nhi_why *)
		    NHI_MUST;

/*
 * Replace path by these bytes with exactly this mode (fchmod): temporary
 * file beside it, write, fsync, rename, fsync of the directory.  Readers see
 * the old or the new file.
 */
enum nhi_err	 nhi_file_replace(int dir, const char *path, mode_t,
		    struct nhi_span, struct nhi_why *) NHI_MUST;

/* Open a directory (O_DIRECTORY, O_CLOEXEC, O_NOFOLLOW on the last part). */
enum nhi_err	 nhi_dir_open(int dir, const char *path, int *ret_fd,
		    struct nhi_why *) NHI_MUST;

/* Make a directory with exactly this mode and owner where it is missing. */
enum nhi_err	 nhi_dir_make(int dir, const char *path, mode_t, uid_t, gid_t,
		    struct nhi_why *) NHI_MUST;

/*
 * Text of a symbolic link into out (NUL-terminated).  1 found, 0 there is
 * none, -1 with errno otherwise (also for a text that is too long).
 */
int		 nhi_link_read(int dir, const char *path,
		    char out[static NHI_LINK_MAX + 1]);

/* Make a link; EEXIST is for the caller.  0, or -1 with errno. */
int		 nhi_link_make(int dir, const char *path, const char *text);

/* Make or replace a link by rename.  0, or -1 with errno. */
int		 nhi_link_replace(int dir, const char *path, const char *text);

/* close(2) once; leaves -1.  For NHI_AUTO. */
void		 nhi_fd_close(int *fd);

#endif
