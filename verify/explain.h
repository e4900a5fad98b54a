/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a token, or a set of claims, is an identity of an account or is not:
 * each rule, each claim, its type and what was wanted.
 */
#ifndef NHI_VERIFY_EXPLAIN_H
#define NHI_VERIFY_EXPLAIN_H

#include "lib/base/rules.h"
#include "lib/token/verify.h"

#define NHI_EXPLAIN_TEXT	(1U << 20)	/* bytes of an explanation */

struct nhi_explain {
	const struct nhi_rules *rules;
	const char *account;
	const struct nhi_token_source *sources;	/* for a token */
	struct nhi_span bytes;		/* the token, or claims as JSON */
	const char *fingerprint;	/* of the SSH key; NULL: none is known */
	bool claims;			/* nothing is verified */
	bool json;
	int64_t now;
};

#define NHI_EXPLAIN_NONE	SIZE_MAX
#define NHI_EXPLAIN_MARK	(2 * NHI_TOKEN_MARK + 1)

/* What was found; nothing unless NHI_OK is returned. */
struct nhi_explained {
	size_t identity;		/* its index, or NHI_EXPLAIN_NONE */
	char mark[NHI_EXPLAIN_MARK];	/* of the token, hex; "": of claims */
};

/* Text (or the members of a JSON object, without its braces) into ret. */
enum nhi_err	 nhi_explain_run(const struct nhi_explain *,
		    struct nhi_explained *, struct nhi_buf *ret,
		    struct nhi_why *);

/*
 * The three lines in front of it, for the asking process: the reason code; the
 * index or "-"; the mark where the reason is ok, and why not otherwise.
 */
void		 nhi_explain_head(enum nhi_err, const struct nhi_explained *,
		    const struct nhi_why *, struct nhi_buf *);

#endif
