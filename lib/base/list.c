/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/list.h"

DIR *
nhi_list_open(int dir, const char *name)
{
	NHI_AUTO(nhi_fd_close) int fd = openat(dir, name, O_RDONLY |
	    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? NULL : nhi_list_take(&fd);
}

DIR *
nhi_list_take(int *fd)
{
	DIR *list = fdopendir(*fd);

	if (list != NULL)
		*fd = -1;
	return list;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

const struct dirent *
nhi_list_next(DIR *list)
{
	const struct dirent *de;

	do
		errno = 0;
	while ((de = readdir(list)) != NULL && is_dots(de->d_name));
	return de;
}

void
nhi_list_close(DIR **list)
{
	int saved = errno;

	if (*list != NULL)
		(void)closedir(*list);
	*list = NULL;
	errno = saved;
}
