/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds: an administrator's stop sign over everything, an account, an
 * identity or an issuer.  A hold is a symbolic link
 *	holds/all, holds/account/<name>, holds/identity/<name>,
 *	holds/issuer/<name>  -> <id> <expires> <by> <reason>
 * (words as in rules.h; expires 0: until lifted), so that a look is one
 * readlink and needs no right but to pass the directory.  Fails closed: a
 * directory that cannot be read is NHI_ERR_STATE.
 */
#ifndef NHI_BASE_HOLD_H
#define NHI_BASE_HOLD_H

#include "lib/base/rules.h"

enum nhi_hold_scope {
	NHI_HOLD_ALL, NHI_HOLD_ACCOUNT, NHI_HOLD_IDENTITY, NHI_HOLD_ISSUER,
};

struct nhi_hold {
	enum nhi_hold_scope scope;
	char name[65];			/* "" for all */
	char id[33];
	int64_t expires;		/* seconds since 1970, 0: none */
	char by[65];
	char reason[257];
};

/*
 * NHI_OK, NHI_ERR_HOLD (why says which, by whom, why) or NHI_ERR_STATE.
 * account, identity and issuer may each be NULL: not asked.
 */
enum nhi_err	 nhi_hold_check(const char *holds, const char *account,
		    const char *identity, const char *issuer, int64_t now,
		    struct nhi_why *) NHI_MUST;

enum nhi_err	 nhi_hold_add(const char *holds, const struct nhi_hold *,
		    struct nhi_why *) NHI_MUST;

/* NHI_ERR_NO_MATCH: there was none. */
enum nhi_err	 nhi_hold_lift(const char *holds, enum nhi_hold_scope,
		    const char *name, struct nhi_why *) NHI_MUST;

enum nhi_err	 nhi_hold_each(const char *holds,
		    bool (*fn)(const struct nhi_hold *, void *), void *arg,
		    struct nhi_why *) NHI_MUST;

/* setup: the directories. */
enum nhi_err	 nhi_hold_init(const char *holds, struct nhi_why *) NHI_MUST;

#endif
