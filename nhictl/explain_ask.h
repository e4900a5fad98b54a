/* SPDX-License-Identifier: BSD-2-Clause */
/* One question of nhictl explain, and what was answered to it. */
#ifndef NHI_NHICTL_EXPLAIN_ASK_H
#define NHI_NHICTL_EXPLAIN_ASK_H

#include "lib/base/policy.h"
#include "nhictl/explain_used.h"
#include "verify/explain.h"

struct nhi_ask {
	const char *account;
	const char *file;
	const char *source;
	const char *key;		/* its fingerprint */
	bool claims;
	bool json;
	int64_t now;
	struct nhi_policy policy;
	struct nhi_account entry;
	struct nhi_rules *rules;
	struct nhi_buf bytes;
	struct nhi_buf text;		/* the explanation */
	enum nhi_err reason;
	struct nhi_explained found;
	struct nhi_used used;
	struct nhi_why why;		/* why not */
};

/*
 * Have the bytes explained by nhi-verify (root) or here (somebody else): the
 * text, the reason and what was found.  NHI_OK: there is an answer.
 */
enum nhi_err	 nhi_ask_verifier(struct nhi_ask *, struct nhi_why *) NHI_MUST;

/* The whole answer on standard output. */
void		 nhi_ask_text(const struct nhi_ask *);
void		 nhi_ask_json(const struct nhi_ask *);

#endif
