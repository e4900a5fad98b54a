/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of a directory; its end and a failure are told apart. */
#ifndef NHI_BASE_LIST_H
#define NHI_BASE_LIST_H

#include <dirent.h>

/*
 * A stream of its own over the directory of this name below another, from the
 * beginning ("." of an open one); a link is not followed.  NULL with errno.
 */
DIR			*nhi_list_open(int dir, const char *name);

/* The same over an open descriptor, which it takes over; left on failure. */
DIR			*nhi_list_take(int *fd);

/* The next but "." and "..".  NULL: the end with errno 0, or why not. */
const struct dirent	*nhi_list_next(DIR *);

/* For NHI_AUTO; takes NULL, leaves NULL and errno as it is. */
void			 nhi_list_close(DIR **);

#endif
