/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/sweep.h"
#include "lib/base/file.h"
#include "lib/base/num.h"

#define NUMBER_MAX	UINT64_C(999999999999999)
#define DEPTH		4

bool
nhi_sweep_number(const char *s, uint64_t *ret)
{
	return nhi_num_parse(nhi_span_str(s), NUMBER_MAX, ret);
}

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
	*d = NULL;
}

/* A stream of its own over an open directory, from the beginning. */
static DIR *
open_dir(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL)
		nhi_fd_close(&fd);
	return d;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* rm -r, of what is ours alone; a link is removed, never followed. */
static bool
remove_tree(int at, const char *name, unsigned int depth)
{
	NHI_AUTO(close_dir) DIR *d = NULL;
	const struct dirent *e;

	if (unlinkat(at, name, 0) == 0)
		return true;
	if ((errno != EISDIR && errno != EPERM) || depth > DEPTH ||
	    (d = open_dir(at, name)) == NULL)
		return false;
	while ((e = readdir(d)) != NULL)
		if (!is_dots(e->d_name) &&
		    !remove_tree(dirfd(d), e->d_name, depth + 1))
			return false;
	return unlinkat(at, name, AT_REMOVEDIR) == 0;
}

enum nhi_err
nhi_sweep_next(int published, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(close_dir) DIR *d = open_dir(published, ".");
	const struct dirent *e;
	uint64_t n, most = 0;

	if (d == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "published: %s",
		    strerror(errno));
	while ((e = readdir(d)) != NULL)
		if (nhi_sweep_number(e->d_name, &n) && n > most)
			most = n;
	if (most >= NUMBER_MAX)
		return nhi_fail(why, NHI_ERR_STATE,
		    "published: no number is left");
	*ret = most + 1;
	return NHI_OK;
}

/* The lowest number that is kept: so many below the current one. */
static uint64_t
lowest_kept(DIR *d, uint64_t current)
{
	uint64_t kept[NHI_SWEEP_KEEP] = { 0 }, n;
	const struct dirent *e;

	rewinddir(d);
	while ((e = readdir(d)) != NULL) {
		if (!nhi_sweep_number(e->d_name, &n) || n >= current)
			continue;
		for (size_t i = 0; i < NHI_SWEEP_KEEP; i++)
			if (n > kept[i]) {
				uint64_t moved = kept[i];

				kept[i] = n;
				n = moved;
			}
	}
	return kept[NHI_SWEEP_KEEP - 1];
}

static bool
goes(const char *name, uint64_t lowest, uint64_t current)
{
	uint64_t n;

	if (name[0] == '.' || strcmp(name, "current") == 0)
		return false;
	return !nhi_sweep_number(name, &n) || n < lowest || n > current;
}

enum nhi_err
nhi_sweep_old(int published, const char *current, struct nhi_why *why)
{
	NHI_AUTO(close_dir) DIR *d = open_dir(published, ".");
	const struct dirent *e;
	uint64_t now = 0, lowest;

	if (d == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "published: %s",
		    strerror(errno));
	if (current[0] != '\0' && !nhi_sweep_number(current, &now))
		return nhi_fail(why, NHI_ERR_STATE,
		    "published: current is not a number");
	lowest = lowest_kept(d, now);
	rewinddir(d);
	while ((e = readdir(d)) != NULL)
		if (goes(e->d_name, lowest, now) &&
		    !remove_tree(published, e->d_name, 0))
			return nhi_fail(why, NHI_ERR_STATE,
			    "published/%s: %s", e->d_name, strerror(errno));
	return NHI_OK;
}
