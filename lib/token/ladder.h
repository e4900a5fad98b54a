/* SPDX-License-Identifier: BSD-2-Clause */
/* The ladder by the rules of one issuer (verify.c), for who chooses it. */
#ifndef NHI_TOKEN_LADDER_H
#define NHI_TOKEN_LADDER_H

#include "lib/token/verify.h"

/* How a run ended that did not reach the top; what is later is nearer to it. */
struct nhi_ladder {
	enum nhi_err err;
	enum {
		NHI_NOT_SIGNED, NHI_SIGNED,
		NHI_KEYS_MISSING,	/* and could be fetched */
	} how;
	struct nhi_why why;
	struct nhi_token *refused;	/* owned; what was signed */
};

/* As nhi_token_verify.  On a refusal the error is returned and in ret_end. */
enum nhi_err	 nhi_ladder_run(const struct nhi_token_request *,
		    const struct nhi_token_source *, struct nhi_token **ret,
		    struct nhi_ladder *ret_end) NHI_MUST;
void		 nhi_ladder_wipe(struct nhi_ladder *);

#endif
