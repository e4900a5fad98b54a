/* SPDX-License-Identifier: BSD-2-Clause */
/* A token against the rules of the account. */
#ifndef NHI_VERIFY_TOKEN_H
#define NHI_VERIFY_TOKEN_H

#include "verify/question.h"

/*
 * Fill the verdict: identity, mark, times, provenance.  The reason is the
 * return value.
 */
enum nhi_err	 nhi_verify_token(const struct nhi_question *,
		    const struct nhi_request *, struct nhi_verdict *,
		    struct nhi_why *) NHI_MUST;

/*
 * The same of a token that stands somewhere else: token, fingerprint, now and
 * sealed of the request are the caller's.
 */
enum nhi_err	 nhi_verify_bytes(const struct nhi_question *,
		    const struct nhi_token_request *, struct nhi_verdict *,
		    struct nhi_why *) NHI_MUST;

#endif
