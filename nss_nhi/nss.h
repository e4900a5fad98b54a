/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry points of libnss_nhi.so.2, with the directories as a parameter so
 * that tests can choose them; module.c gives them the real ones.
 *
 * They are called inside every process of the host, thousands of times and
 * nearly always for somebody else: the key is checked before any I/O, nothing
 * is allocated, locked, logged or kept open, and no getpw* is called.  Trouble
 * with state is NSS_STATUS_UNAVAIL, never an answer.
 */
#ifndef NHI_NSS_NHI_NSS_H
#define NHI_NSS_NHI_NSS_H

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <sys/types.h>

struct nhi_nss_paths {
	const char *generation;		/* .../published/current */
	const char *uids;
	const char *leases;
};

#define NHI_NSS_LIST(...)	__VA_ARGS__

/* Name, parameters and arguments of each entry point, in glibc's words. */
#define NHI_NSS_ENTRIES(X)						\
	X(getpwnam_r, NHI_NSS_LIST(const char *name,			\
	    struct passwd *ret, char *buf, size_t size, int *errnop),	\
	    NHI_NSS_LIST(name, ret, buf, size, errnop))			\
	X(getpwuid_r, NHI_NSS_LIST(uid_t uid,				\
	    struct passwd *ret, char *buf, size_t size, int *errnop),	\
	    NHI_NSS_LIST(uid, ret, buf, size, errnop))			\
	X(getgrnam_r, NHI_NSS_LIST(const char *name,			\
	    struct group *ret, char *buf, size_t size, int *errnop),	\
	    NHI_NSS_LIST(name, ret, buf, size, errnop))			\
	X(getgrgid_r, NHI_NSS_LIST(gid_t gid,				\
	    struct group *ret, char *buf, size_t size, int *errnop),	\
	    NHI_NSS_LIST(gid, ret, buf, size, errnop))			\
	X(initgroups_dyn, NHI_NSS_LIST(const char *name, gid_t skip,	\
	    long int *start, long int *size, gid_t **groupsp,		\
	    long int limit, int *errnop),				\
	    NHI_NSS_LIST(name, skip, start, size, groupsp, limit, errnop)) \
	/* End of NHI_NSS_ENTRIES */

#define X(fn, params, args)						\
	enum nss_status nhi_nss_##fn(const struct nhi_nss_paths *, params);
NHI_NSS_ENTRIES(X)
#undef X

#endif
