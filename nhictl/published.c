/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/list.h"
#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "nhictl/published.h"

static bool
names(const struct nhi_rules *rules, enum nhi_published_what what,
    const char *name)
{
	if (what == NHI_PUBLISHED_ISSUER) {
		for (size_t i = 0; i < rules->nissuers; i++)
			if (strcmp(rules->issuers[i].name, name) == 0)
				return true;
		return false;
	}
	for (size_t i = 0; i < rules->nidentities; i++)
		if (strcmp(rules->identities[i].name, name) == 0)
			return true;
	return false;
}

static bool
file_names(int dir, const char *file, enum nhi_published_what what,
    const char *name)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;

	return nhi_file_read(dir, file, NHI_FILE_OWN, &text, NULL) == NHI_OK &&
	    nhi_rules_parse(nhi_buf_all(&text), &rules, NULL) == NHI_OK &&
	    names(rules, what, name);
}

bool
nhi_published_knows(enum nhi_published_what what, const char *name,
    bool *ret_known)
{
	struct nhi_policy policy;
	struct nhi_account account;
	char path[600];
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	const struct dirent *de;
	bool known = false;

	if (nhi_policy_open(NHI_PUBLISHED_DIR, &policy, NULL) != NHI_OK)
		return false;
	if (what == NHI_PUBLISHED_ACCOUNT) {
		*ret_known = nhi_account_find(policy.path, name,
		    &account) == 1;
		return true;
	}
	(void)snprintf(path, sizeof(path), "%s/rules", policy.path);
	if ((list = opendir(path)) == NULL)
		return false;
	while (!known && (de = nhi_list_next(list)) != NULL)
		if (de->d_name[0] != '.')
			known = file_names(dirfd(list), de->d_name, what,
			    name);
	*ret_known = known;
	return known || errno == 0;
}
