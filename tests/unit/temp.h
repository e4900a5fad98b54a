/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory of a test's own, and processes that race. */
#ifndef NHI_TESTS_UNIT_TEMP_H
#define NHI_TESTS_UNIT_TEMP_H

#include <sys/types.h>

#define TEMP_SIZE	64
#define TEMP_GID	40000

/* Make a new directory below /tmp, mode 0755; remove it with all in it. */
void	 temp_make(char ret[TEMP_SIZE]);
void	 temp_remove(const char *dir);

/* DIR/NAME in a buffer that is good until the 64th next call. */
const char *temp_path(const char *dir, const char *name);

/* The whole file, NUL-terminated; to be freed.  NULL: there is none. */
char	*temp_read(const char *path);
void	 temp_write(const char *path, const char *text);

/*
 * Run fn in n processes at once, under the uid and TEMP_GID (0: as we are);
 * each one's exit status is fn's value, the sum of all is returned.
 */
int	 temp_race(int n, uid_t uid, int (*fn)(int index, void *), void *arg);

#endif
