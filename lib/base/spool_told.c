/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/spool_name.h"
#include "lib/base/spool_told.h"

#define TOLD_MAX	1024
#define NAMES_MAX	16384		/* counted through, at most */

static bool
is_once(const char *name)
{
	return strncmp(name, NHI_SPOOL_ONCE, sizeof(NHI_SPOOL_ONCE) - 1) == 0;
}

static bool
is_of_now(const char *name, int64_t now_ms)
{
	const int64_t now = now_ms / NHI_SPOOL_HOUR;
	struct nhi_span rest = nhi_span_str(name), word;
	uint64_t hour;

	return nhi_span_cut(&rest, '.', &word) &&
	    nhi_span_cut(&rest, '.', &word) &&
	    nhi_num_parse(word, INT64_MAX / NHI_SPOOL_HOUR, &hour) &&
	    (int64_t)hour >= now && (int64_t)hour <= now + 1;
}

bool
nhi_spool_told_is(struct nhi_spool_told *t, const char *name)
{
	struct stat st;

	if (!is_once(name) ||
	    fstatat(t->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_size != 0)
		return false;
	if (!is_of_now(name, t->now_ms))
		(void)unlinkat(t->dir, name, 0);
	return true;
}

/* Those that stay, wherever a walk through them stands. */
static size_t
count(const struct nhi_spool_told *t)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(t->dir, ".");
	const struct dirent *de = NULL;
	size_t n = 0, names = 0;

	if (list == NULL)
		return TOLD_MAX;
	while (n < TOLD_MAX && (de = nhi_list_next(list)) != NULL) {
		if (++names > NAMES_MAX)
			return TOLD_MAX;
		n += is_once(de->d_name) && is_of_now(de->d_name, t->now_ms);
	}
	return de == NULL && errno != 0 ? TOLD_MAX : n;
}

void
nhi_spool_told_leave(struct nhi_spool_told *t, const char *name)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;

	if (!is_once(name) || !is_of_now(name, t->now_ms))
		return;
	if (!t->counted)
		t->n = count(t);
	t->counted = true;
	if (t->n >= TOLD_MAX)
		return;
	t->n++;
	fd = openat(t->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
}
