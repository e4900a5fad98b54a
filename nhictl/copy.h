/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the host, whole: bytes, mode, owner, times and extended
 * attributes.  What is replaced is replaced by rename, synced; a reader sees
 * the old or the new file.
 */
#ifndef NHI_NHICTL_COPY_H
#define NHI_NHICTL_COPY_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/buf.h"

/* What is left of a file that was being written when we were killed. */
#define NHI_COPY_TEMP	".nhi-new"

/* Make `to` a copy of `from`, which must be a regular file. */
enum nhi_err	 nhi_copy_file(const char *from, const char *to,
		    struct nhi_why *) NHI_MUST;

/*
 * Put this text in place of a file: its owner, mode and attributes stay, its
 * times do not.  mode is that of a file that is not there yet.
 */
enum nhi_err	 nhi_copy_text(const char *path, mode_t mode, struct nhi_span,
		    struct nhi_why *) NHI_MUST;

/* Read a file; one that is not there is not an error. */
enum nhi_err	 nhi_copy_read(const char *path, struct nhi_buf *,
		    bool *ret_there, struct nhi_why *) NHI_MUST;

/*
 * Where a path leads: to itself, or to the file that a symbolic link (of
 * authselect, for example) ends at.  False: nowhere.
 */
bool		 nhi_copy_target(const char *path, char *out);

/* Remove a file, and sync; one that is not there is not an error. */
enum nhi_err	 nhi_copy_unlink(const char *path, struct nhi_why *) NHI_MUST;

/* Make the directories above a path, 0700 and root's. */
enum nhi_err	 nhi_copy_parents(const char *path, struct nhi_why *) NHI_MUST;

/* Remove what is beside a file because somebody was killed writing it. */
void		 nhi_copy_sweep(const char *path);

#endif
