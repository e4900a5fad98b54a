/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/sweep.h"
#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/num.h"

#define NUMBER_MAX	UINT64_C(999999999999999)
#define DEPTH		4

bool
nhi_sweep_number(const char *s, uint64_t *ret)
{
	return nhi_num_parse(nhi_span_str(s), NUMBER_MAX, ret);
}

/* rm -r, of what is ours alone; a link is removed, never followed. */
static bool
remove_tree(int at, const char *name, unsigned int depth)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	const struct dirent *e;

	if (unlinkat(at, name, 0) == 0)
		return true;
	if ((errno != EISDIR && errno != EPERM) || depth > DEPTH ||
	    (list = nhi_list_open(at, name)) == NULL)
		return false;
	while ((e = nhi_list_next(list)) != NULL)
		if (!remove_tree(dirfd(list), e->d_name, depth + 1))
			return false;
	return unlinkat(at, name, AT_REMOVEDIR) == 0;
}

enum nhi_err
nhi_sweep_next(int published, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(published, ".");
	const struct dirent *e;
	uint64_t n, most = 0;

	if (list == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "published: %s",
		    strerror(errno));
	while ((e = nhi_list_next(list)) != NULL)
		if (nhi_sweep_number(e->d_name, &n) && n > most)
			most = n;
	if (errno != 0)
		return nhi_fail(why, NHI_ERR_STATE, "published: %s",
		    strerror(errno));
	if (most >= NUMBER_MAX)
		return nhi_fail(why, NHI_ERR_STATE,
		    "published: no number is left");
	*ret = most + 1;
	return NHI_OK;
}

/* The lowest number that is kept: so many below the current one. */
static uint64_t
lowest_kept(DIR *list, uint64_t current)
{
	uint64_t kept[NHI_SWEEP_KEEP] = { 0 }, n;
	const struct dirent *e;

	rewinddir(list);
	while ((e = nhi_list_next(list)) != NULL) {
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
	NHI_AUTO(nhi_list_close) DIR *list = nhi_list_open(published, ".");
	const struct dirent *e;
	uint64_t now = 0, lowest;

	if (list == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "published: %s",
		    strerror(errno));
	if (current[0] != '\0' && !nhi_sweep_number(current, &now))
		return nhi_fail(why, NHI_ERR_STATE,
		    "published: current is not a number");
	lowest = lowest_kept(list, now);
	rewinddir(list);
	while ((e = nhi_list_next(list)) != NULL)
		if (goes(e->d_name, lowest, now) &&
		    !remove_tree(published, e->d_name, 0))
			return nhi_fail(why, NHI_ERR_STATE,
			    "published/%s: %s", e->d_name, strerror(errno));
	return errno == 0 ? NHI_OK : nhi_fail(why, NHI_ERR_STATE,
	    "published: %s", strerror(errno));
}
