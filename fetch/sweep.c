/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Under the lock of each issuer, and by the policy as it is then: whoever
 * fetches for an issuer that came back waits, and finds a lock of its own.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/store.h"
#include "fetch/sweep.h"
#include "lib/base/file.h"
#include "lib/base/spawn.h"

#define TEMP	".tmp-"		/* of nhi_file_replace */
#define PATH	512
#define LABEL	65		/* with its NUL */

/* In the order of their removal: no notes, no set. */
static const char *const kinds[] = { ".json", ".meta", ".lock" };

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* The issuer that a file of the cache belongs to; false: it is none of ours. */
static bool
label_of(const char *file, char ret[static LABEL], bool *ret_temp)
{
	const char *temp = strstr(file, TEMP);
	size_t n = temp == NULL ? strlen(file) : (size_t)(temp - file);

	for (size_t i = 0; i < KINDS; i++) {
		size_t k = strlen(kinds[i]);

		if (n <= k || n - k >= LABEL ||
		    memcmp(file + n - k, kinds[i], k) != 0)
			continue;
		memcpy(ret, file, n - k);
		ret[n - k] = '\0';
		*ret_temp = temp != NULL;
		return nhi_name_label(ret);
	}
	return false;
}

/* Does the policy of this moment have nothing fetched for it? */
static enum nhi_err
is_gone(const char *published, const char *label, bool *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_provider_wipe) struct nhi_provider p = { .name = NULL };
	struct nhi_policy policy;
	enum nhi_err err;

	if ((err = nhi_policy_open(published, &policy, why)) != NHI_OK)
		return err;
	err = nhi_provider_find(&policy, label, &p, why);
	if (err != NHI_OK && err != NHI_ERR_INPUT)
		return err;
	*ret = err == NHI_ERR_INPUT || p.pinned;
	return NHI_OK;
}

static void
take_away(int dir, const char *name, unsigned int *files)
{
	if (unlinkat(dir, name, 0) == 0)
		(*files)++;
}

static enum nhi_err
sweep_file(const char *published, const char *cache, int dir,
    const char *file, unsigned int *files)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	char label[LABEL], path[PATH];
	bool gone = false, temp = false;
	unsigned int locks = 0;
	struct nhi_why why;
	enum nhi_err err;

	/* With one file of an issuer went the others. */
	if (!label_of(file, label, &temp) ||
	    faccessat(dir, file, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return NHI_OK;
	if ((err = is_gone(published, label, &gone, &why)) != NHI_OK ||
	    (!gone && !temp))
		return err;
	(void)snprintf(path, sizeof(path), "%s/%s.lock", cache, label);
	if (nhi_store_lock(path, nhi_clock_ms(), &lock, &why) != NHI_OK ||
	    (err = is_gone(published, label, &gone, &why)) != NHI_OK)
		return err;
	if (temp)
		take_away(dir, file, files);
	for (size_t i = 0; gone && i < KINDS; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", label, kinds[i]);
		/* The lock may be one that we made. */
		take_away(dir, path, i + 1 < KINDS ? files : &locks);
	}
	return NHI_OK;
}

enum nhi_err
nhi_sweep_cache(const char *published, const char *cache,
    unsigned int *ret_files, struct nhi_why *why)
{
	struct dirent **list = NULL;
	unsigned int files = 0;
	enum nhi_err err = NHI_OK;
	int n = scandir(cache, &list, NULL, alphasort), dir = open(cache,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (n < 0 || dir < 0)
		err = nhi_fail(why, NHI_ERR_STATE, "%s: %s", cache,
		    strerror(errno));
	for (int i = 0; i < n; i++) {
		if (err == NHI_OK && (err = sweep_file(published, cache, dir,
		    list[i]->d_name, &files)) != NHI_OK)
			err = nhi_fail(why, err, "the policy cannot be read");
		free(list[i]);
	}
	free(list);
	nhi_fd_close(&dir);
	if (err == NHI_OK)
		*ret_files = files;
	return err;
}
