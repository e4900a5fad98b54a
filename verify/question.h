/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One question to nhi-verify: what was opened before a byte of the token or
 * certificate was read, and the answer in the making.
 */
#ifndef NHI_VERIFY_QUESTION_H
#define NHI_VERIFY_QUESTION_H

#include "lib/base/policy.h"
#include "lib/base/verdict.h"
#include "lib/token/verify.h"

#define NHI_QUESTION_JWKS	(1U << 20)	/* bytes of a key set */

struct nhi_question {
	const char *account;
	const char *key;		/* "SHA256:...", a type, or NULL */
	struct nhi_policy policy;
	struct nhi_account entry;
	struct nhi_rules *rules;
	struct nhi_buf *jwks;		/* one for each issuer of the rules */
	struct nhi_token_source *sources;
	struct nhi_why *notes;		/* what is amiss with them, or "" */
	struct nhi_buf trusted;		/* text of trusted.pub */
};

#define NHI_QUESTION	{ .trusted = NHI_BUF(1U << 20) }

/*
 * Open what the question names: the account's rules of one generation, and
 * the key sets of their issuers or the CAs that are trusted.  A key set that
 * is missing or stale is noted, and an error only where it is needed.
 */
enum nhi_err	 nhi_question_open(struct nhi_question *,
		    enum nhi_verdict_kind, const char *generation,
		    int64_t now, struct nhi_why *) NHI_MUST;
void		 nhi_question_wipe(struct nhi_question *);

/*
 * The algorithms (enum nhi_alg_bit) that an answer can need: those of the
 * issuers, of the keys of the trusted CAs, or of both the issuers and the
 * client's key, where its type was told.
 */
uint32_t	 nhi_question_algs(const struct nhi_question *,
		    enum nhi_verdict_kind);

#endif
