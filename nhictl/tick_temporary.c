/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: what a process that was killed between the making of a file or link
 * and its rename left beside it (nhi_file_replace, nhi_link_replace):
 * <name>.tmp-<pid>-<ns>-<try>.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"
#include "nhictl/tick.h"
#include "nhictl/tick_time.h"

#define MARK	".tmp-"
#define AGE	120			/* seconds */

struct walk {
	int64_t wall;
	uint64_t gone;
};

/* By a process that is there no more? */
static bool
is_orphan(const char *name)
{
	const char *p = strstr(name, MARK);
	struct nhi_span rest, pid, word;
	unsigned int words = 0;
	uint64_t v;

	if (p == NULL)
		return false;
	rest = nhi_span_str(p + sizeof(MARK) - 1);
	if (!nhi_span_cut(&rest, '-', &pid))
		return false;
	for (; nhi_span_cut(&rest, '-', &word); words++)
		if (!nhi_num_parse(word, UINT32_MAX, &v))
			return false;
	return words == 2 && nhi_num_parse(pid, INT32_MAX, &v) && v > 0 &&
	    kill((pid_t)v, 0) != 0 && errno == ESRCH;
}

/* A process that was started anew may have its number: age tells, too. */
static void
look(struct walk *w, int dir, const char *name)
{
	struct stat st;

	if (is_orphan(name) &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISDIR(st.st_mode) &&
	    nhi_tick_time_old(st.st_mtime, AGE, w->wall) &&
	    unlinkat(dir, name, 0) == 0)
		w->gone++;
}

/* One directory, and those in it where they are root's alone. */
static enum nhi_err
sweep(struct walk *w, int at, const char *path, bool deeper,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const struct dirent *de;
	enum nhi_err err;

	if ((err = nhi_dir_open(at, path, &fd, why)) != NHI_OK)
		return errno == ENOENT ? NHI_OK : err;
	if ((list = nhi_list_take(&fd)) == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	while ((de = nhi_list_next(list)) != NULL) {
		if (!deeper || de->d_type != DT_DIR || de->d_name[0] == '.')
			look(w, dirfd(list), de->d_name);
		else if ((err = sweep(w, dirfd(list), de->d_name, false,
		    why)) != NHI_OK)
			return err;
	}
	return errno == 0 ? NHI_OK : nhi_fail(why, NHI_ERR_STATE, "%s: %s",
	    path, strerror(errno));
}

enum nhi_err
nhi_tick_temporary(const struct nhi_tick *t, uint64_t *ret,
    struct nhi_why *why)
{
	const struct {
		const char *path;
		bool deeper;
	} places[] = {
		{ t->run, false },
		{ t->state, false },
		{ t->sessions, false },
		{ t->leases, false },
		{ t->holds, true },
		{ t->revoked, true },
		{ t->uids, true },
		{ t->published, false },
		{ t->marks, false },
		{ t->issued, false },
		{ t->ca, false },
		/* End of the places */
	};
	struct walk w = { .wall = t->wall };
	enum nhi_err err;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if ((err = sweep(&w, AT_FDCWD, places[i].path,
		    places[i].deeper, why)) != NHI_OK)
			return err;
	*ret = w.gone;
	return NHI_OK;
}
