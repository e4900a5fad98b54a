/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Having something verified by nhi-verify, which runs under a user of its
 * own: started through nhi-drop, asked over a socket, answered by one
 * verdict, all within a deadline.  For root's processes and for the issuer.
 */
#ifndef NHI_BASE_VERIFIER_H
#define NHI_BASE_VERIFIER_H

#include "lib/base/policy.h"
#include "lib/base/spawn.h"
#include "lib/base/verdict.h"

#define NHI_VERIFIER_MS		2000	/* from start to answer, where
					   it has a processor (spawn.h) */

/*
 * One that loads, opens what it needs and confines itself while its caller
 * has other things to do.  Zeroes are none.
 */
struct nhi_verifier_ahead {
	bool started;
	enum nhi_verdict_kind kind;
	char generation[NHI_GENERATION_SIZE];
	struct nhi_spawn child;
};

struct nhi_verifier {
	const char *program;		/* NHI_DROP */
	bool bare;	/* ... but nhi-verify itself, by its own user */
	const struct nhi_policy *policy;
	const char *account;
	const char *key;		/* SHA256:... of the SSH key, or NULL;
					   direct: the certificate's type */
	enum nhi_verdict_kind kind;
	int64_t now;
	struct nhi_span bytes;		/* the token or certificate */
	struct nhi_verifier_ahead *ahead;	/* or NULL */
};

/*
 * Start the one that a later nhi_verifier_ask will want: program, policy,
 * account, key and kind count, the account and the key must be the same
 * then.  For nothing but time: where it cannot be started, has been
 * outlived by the policy, or has died, another one is asked.
 */
void		 nhi_verifier_start(const struct nhi_verifier *,
		    struct nhi_verifier_ahead *);

/* Ends it unasked; nothing when there is none. */
void		 nhi_verifier_drop(struct nhi_verifier_ahead *);

/*
 * NHI_OK: ret is a verdict for exactly this question and this generation, and
 * its reason is the answer.  NHI_ERR_VERIFIER for anything else: died, late,
 * wrong answer, answered twice.
 */
enum nhi_err	 nhi_verifier_ask(const struct nhi_verifier *,
		    struct nhi_verdict *ret, struct nhi_why *) NHI_MUST;

#endif
