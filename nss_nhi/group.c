/* SPDX-License-Identifier: BSD-2-Clause */
/* The private group of each account, and its supplementary groups. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nss_nhi/lookup.h"

static enum nss_status
pack(const struct nhi_nss_user *u, struct group *ret, char *buf,
    size_t size, int *errnop)
{
	static char *const none[1] = { NULL };
	size_t pad = -(uintptr_t)buf % _Alignof(char *);
	size_t name = strlen(u->account.name) + 1;

	if (size < pad + sizeof(none) + name + sizeof("*"))
		return nhi_nss_small(errnop);
	buf += pad;
	memcpy(buf, none, sizeof(none));
	ret->gr_mem = (char **)(void *)buf;
	buf += sizeof(none);
	ret->gr_name = nhi_nss_put(&buf, u->account.name, name);
	ret->gr_passwd = nhi_nss_put(&buf, "*", sizeof("*"));
	ret->gr_gid = u->uid;
	return NSS_STATUS_SUCCESS;
}

enum nss_status
nhi_nss_getgrnam_r(const struct nhi_nss_paths *paths, const char *name,
    struct group *ret, char *buf, size_t size, int *errnop)
{
	struct nhi_nss_user u;
	int r = nhi_nss_find_name(paths, name, &u);

	if (r != 1)
		return nhi_nss_miss(r, errnop);
	return pack(&u, ret, buf, size, errnop);
}

enum nss_status
nhi_nss_getgrgid_r(const struct nhi_nss_paths *paths, gid_t gid,
    struct group *ret, char *buf, size_t size, int *errnop)
{
	struct nhi_nss_user u;
	int r = nhi_nss_find_uid(paths, gid, &u);

	if (r != 1)
		return nhi_nss_miss(r, errnop);
	return pack(&u, ret, buf, size, errnop);
}

/* glibc's growing array: *start of *size are used; limit <= 0 is none. */
struct groups {
	long int *start;
	long int *size;
	gid_t **p;
	long int limit;
};

static int
has(const struct groups *g, gid_t gid)
{
	for (long int i = 0; i < *g->start; i++)
		if ((*g->p)[i] == gid)
			return 1;
	return 0;
}

/* Room for one more: 1, 0 when the limit is reached, -1 without memory. */
static int
grow(const struct groups *g)
{
	long int size = *g->size < 16 ? 16 : *g->size;
	gid_t *p;

	if (*g->start < *g->size)
		return 1;
	if (g->limit > 0 && *g->size >= g->limit)
		return 0;
	if ((size_t)size > SIZE_MAX / 2 / sizeof(*p))
		return -1;
	size *= 2;
	if (g->limit > 0 && size > g->limit)
		size = g->limit;
	if ((p = (gid_t *)realloc(*g->p, (size_t)size * sizeof(*p))) == NULL)
		return -1;
	*g->p = p;
	*g->size = size;
	return 1;
}

enum nss_status
nhi_nss_initgroups_dyn(const struct nhi_nss_paths *paths, const char *name,
    gid_t skip, long int *start, long int *size, gid_t **groupsp,
    long int limit, int *errnop)
{
	struct groups g = { start, size, groupsp, limit };
	struct nhi_nss_user u;
	int r = nhi_nss_find_name(paths, name, &u);

	if (r != 1)
		return nhi_nss_miss(r, errnop);
	for (size_t i = 0; i < u.account.ngroups; i++) {
		gid_t gid = u.account.groups[i];

		if (gid == skip || has(&g, gid))
			continue;
		if ((r = grow(&g)) == 0)
			break;
		if (r < 0) {
			*errnop = ENOMEM;
			return NSS_STATUS_TRYAGAIN;
		}
		(*groupsp)[(*start)++] = gid;
	}
	return NSS_STATUS_SUCCESS;
}
