/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/policy.h"
#include "nss_nhi/lookup.h"

static enum nss_status
pack(const struct nhi_nss_user *u, struct passwd *ret, char *buf,
    size_t size, int *errnop)
{
	const struct nhi_account *a = &u->account;
	size_t name = strlen(a->name) + 1, home = strlen(a->home) + 1;
	size_t shell = strlen(a->shell) + 1;

	if (size < name + sizeof("*") + sizeof(NHI_ACCOUNT_GECOS) + home + shell)
		return nhi_nss_small(errnop);
	ret->pw_name = nhi_nss_put(&buf, a->name, name);
	/* "*" needs no shadow entry; "x" would make pam_unix ask for one. */
	ret->pw_passwd = nhi_nss_put(&buf, "*", sizeof("*"));
	ret->pw_uid = u->uid;
	ret->pw_gid = u->uid;
	ret->pw_gecos = nhi_nss_put(&buf, NHI_ACCOUNT_GECOS,
	    sizeof(NHI_ACCOUNT_GECOS));
	ret->pw_dir = nhi_nss_put(&buf, a->home, home);
	ret->pw_shell = nhi_nss_put(&buf, a->shell, shell);
	return NSS_STATUS_SUCCESS;
}

enum nss_status
nhi_nss_getpwnam_r(const struct nhi_nss_paths *paths, const char *name,
    struct passwd *ret, char *buf, size_t size, int *errnop)
{
	struct nhi_nss_user u;
	int r = nhi_nss_find_name(paths, name, &u);

	if (r != 1)
		return nhi_nss_miss(r, errnop);
	return pack(&u, ret, buf, size, errnop);
}

enum nss_status
nhi_nss_getpwuid_r(const struct nhi_nss_paths *paths, uid_t uid,
    struct passwd *ret, char *buf, size_t size, int *errnop)
{
	struct nhi_nss_user u;
	int r = nhi_nss_find_uid(paths, uid, &u);

	if (r != 1)
		return nhi_nss_miss(r, errnop);
	return pack(&u, ret, buf, size, errnop);
}
