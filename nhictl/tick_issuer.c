/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: connections to the issuer, issuer/<pid>-<start> -> <source>, as
 * pam_nhi records them.  The issuer takes half a minute at most; who is there
 * after a whole one keeps a channel open that sshd does not call unused.  And
 * what pam_nhi noted to have told, once its minute is over.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/reap.h"
#include "lib/base/stamp.h"
#include "nhictl/tick.h"
#include "nhictl/tick_time.h"

#define AGE	60		/* seconds */

static bool
parse(const char *name, pid_t *ret_pid, uint64_t *ret_start)
{
	struct nhi_span rest = nhi_span_str(name), word;
	uint64_t pid;

	if (!nhi_span_cut(&rest, '-', &word) || rest.p == NULL ||
	    !nhi_num_parse(word, INT32_MAX, &pid) ||
	    !nhi_num_parse(rest, UINT64_MAX, ret_start))
		return false;
	*ret_pid = (pid_t)pid;
	return true;
}

/* A note of a minute that is over. */
static bool
look_note(const struct nhi_tick *t, int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    nhi_tick_time_old(st.st_mtime, AGE, t->wall) &&
	    unlinkat(dir, name, 0) == 0;
}

static bool
look(const struct nhi_tick *t, int dir, const char *name)
{
	uint64_t start;
	struct stat st;
	pid_t pid;
	int alive;

	if (strncmp(name, NHI_ISSUER_NOTE, strlen(NHI_ISSUER_NOTE)) == 0)
		return look_note(t, dir, name);
	if (!parse(name, &pid, &start))
		return false;
	if ((alive = nhi_stamp_alive(pid, start)) == 0)
		return unlinkat(dir, name, 0) == 0;
	return alive == 1 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    nhi_tick_time_old(st.st_mtime, AGE, t->wall) &&
	    nhi_reap_process(pid, start, SIGTERM);
}

enum nhi_err
nhi_tick_issuer(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(AT_FDCWD, t->issuer);
	const struct dirent *de;

	if (list == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", t->issuer,
		    strerror(errno));
	while ((de = nhi_list_next(list)) != NULL)
		if (look(t, dirfd(list), de->d_name))
			(*ret)++;
	return errno == 0 ? NHI_OK : nhi_fail(why, NHI_ERR_STATE, "%s: %s",
	    t->issuer, strerror(errno));
}
