/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/lease.h"
#include "lib/base/registry.h"
#include "nss_nhi/lookup.h"

int
nhi_nss_find_name(const struct nhi_nss_paths *paths, const char *name,
    struct nhi_nss_user *ret)
{
	int r = nhi_account_find(paths->generation, name, &ret->account);

	if (r != 1)
		return r;
	if (ret->account.kind == NHI_ACCOUNT_TEMPLATE && geteuid() != 0 &&
	    (r = nhi_lease_live(paths->leases, name)) != 1)
		return r;
	return nhi_registry_lookup(paths->uids, name, &ret->uid);
}

/* The policy has forgotten the account; its files still have an owner. */
static void
set_former(const char *name, struct nhi_account *a)
{
	memset(a, 0, sizeof(*a));
	memcpy(a->name, name, strlen(name));
	memcpy(a->home, "/", sizeof("/"));
	memcpy(a->shell, "/usr/sbin/nologin", sizeof("/usr/sbin/nologin"));
}

int
nhi_nss_find_uid(const struct nhi_nss_paths *paths, uint32_t uid,
    struct nhi_nss_user *ret)
{
	char name[NHI_NAME_MAX + 1];
	struct nhi_uid_entry entry;
	int r;

	/* Which knows other people's numbers without asking. */
	if ((r = nhi_registry_owner(paths->uids, uid, name)) != 1 ||
	    (r = nhi_registry_find(paths->uids, name, &entry)) != 1)
		return r;
	/* A number that the name had before, or was about to get. */
	if (entry.uid != uid || nhi_name_reserved(name))
		return 0;
	if ((r = nhi_account_find(paths->generation, name,
	    &ret->account)) < 0)
		return r;
	if (r == 0)
		set_former(name, &ret->account);
	ret->uid = uid;
	return 1;
}

enum nss_status
nhi_nss_miss(int found, int *errnop)
{
	if (found == 0) {
		*errnop = ENOENT;
		return NSS_STATUS_NOTFOUND;
	}
	/* errnop is &errno: ERANGE would mean a small buffer to glibc. */
	if (errno == ERANGE || errno == 0)
		*errnop = EIO;
	else
		*errnop = errno;
	return NSS_STATUS_UNAVAIL;
}

enum nss_status
nhi_nss_small(int *errnop)
{
	*errnop = ERANGE;
	return NSS_STATUS_TRYAGAIN;
}

char *
nhi_nss_put(char **p, const char *s, size_t size)
{
	char *start = *p;

	memcpy(start, s, size);
	*p += size;
	return start;
}
