/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expectations of a policy (nhictl policy test): a file in libconfig's
 * syntax with one list,
 *
 *	tests = ( { name = "..."; account = "..."; claims = { ... };
 *	    expect = "allow"; identity = "..."; }, ... );
 *
 * claims is a group, JSON in a string, or the path of a file with JSON; token
 * is the path of a file with a token.  Paths are relative to the file.
 */
#ifndef NHI_CONF_EXPECT_H
#define NHI_CONF_EXPECT_H

#include "conf/fault.h"
#include "lib/base/file.h"

#define NHI_EXPECT_CASES	10000
#define NHI_EXPECT_BYTES	(64U << 10)	/* of claims or a token */

struct nhi_expect {
	unsigned int line;
	char *name;			/* NULL: it has none */
	char *account;
	char *source;			/* NULL: not told */
	char *at;			/* as written; NULL: now */
	char *identity;			/* NULL: any */
	enum nhi_err expect;		/* NHI_OK: allow */
	bool claims;			/* not a token */
	struct nhi_buf bytes;		/* claims or token */
};

struct nhi_expects {
	char *file;
	struct nhi_expect *p;
	size_t n;
};

/*
 * NHI_ERR_POLICY_INVALID with faults; NHI_ERR_POLICY_UNREADABLE for the file
 * itself.  No byte of a token or of a file of claims is looked at.
 */
enum nhi_err	 nhi_expect_load(const char *file, struct nhi_faults *,
		    struct nhi_expects *ret, struct nhi_why *) NHI_MUST;
void		 nhi_expect_wipe(struct nhi_expects *);

#endif
