/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "nhictl/trail_older.h"

/* "audit.jsonl.1", "audit.jsonl-20261122.gz": what rotation makes of it. */
static bool
is_older(const char *name)
{
	static const char file[] = NHI_AUDIT_FILE;
	const char *base = strrchr(file, '/') + 1;
	size_t n = strlen(base);

	return strncmp(name, base, n) == 0 && (name[n] == '.' ||
	    name[n] == '-');
}

void
nhi_trail_tell_older(const char *since)
{
	NHI_AUTO(nhi_list_close) DIR *list = opendir(NHI_LOG_DIR);
	const struct dirent *de;
	unsigned int n = 0;
	char last[32];
	struct stat st;

	while (list != NULL && (de = nhi_list_next(list)) != NULL) {
		if (!is_older(de->d_name) || fstatat(dirfd(list), de->d_name,
		    &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		nhi_num_time((int64_t)st.st_mtime * 1000, last);
		n += since[0] == '\0' || strcmp(last, since) >= 0;
	}
	if (n > 0)
		(void)fprintf(stderr, "nhictl: note: older records are in %u "
		    "more files: " NHI_AUDIT_FILE "?*\n", n);
}
