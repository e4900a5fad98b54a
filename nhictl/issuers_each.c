/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/issuers.h"
#include "nhictl/proc.h"

static int
is_name(const struct dirent *d)
{
	return nhi_name_label(d->d_name);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum nhi_err
one(const struct nhi_policy *policy, const char *name, bool *ret_more,
    bool (*fn)(const struct nhi_provider *, void *), void *arg)
{
	NHI_AUTO(nhi_provider_wipe) struct nhi_provider p = { .name = NULL };
	enum nhi_err err;

	if ((err = nhi_provider_find(policy, name, &p, NULL)) != NHI_OK)
		return err;
	*ret_more = fn(&p, arg);
	return NHI_OK;
}

enum nhi_err
nhi_issuers_each(const char *name,
    bool (*fn)(const struct nhi_provider *, void *), void *arg,
    struct nhi_why *why)
{
	struct nhi_policy policy;
	struct dirent **list = NULL;
	char path[sizeof(policy.path) + 16];
	bool more = true;
	enum nhi_err err;
	int n;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &policy, why)) != NHI_OK)
		return err;
	if (name != NULL) {
		if ((err = one(&policy, name, &more, fn, arg)) != NHI_OK)
			return nhi_fail(why, err,
			    "the policy has no issuer %.64s", name);
		return NHI_OK;
	}
	(void)snprintf(path, sizeof(path), "%s/" NHI_PROVIDER_DIR,
	    policy.path);
	n = scandir(path, &list, is_name, by_name);
	if (n < 0)
		return nhi_fail(why, NHI_ERR_POLICY_UNREADABLE,
		    "%s: %s (nhictl apply)", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (more && err == NHI_OK)
			err = one(&policy, list[i]->d_name, &more, fn, arg);
		free(list[i]);
	}
	free(list);
	return err == NHI_OK ? NHI_OK : nhi_fail(why, err, "%s", path);
}

enum nhi_err
nhi_issuers_sweep(struct nhi_why *why)
{
	static const char *const argv[] = { NHI_DROP, "fetch", "-", "sweep",
		NULL };

	return nhi_proc_must(argv, why);
}
