/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate that its own key signed, and the token in it. */
#ifndef NHI_VERIFY_DIRECT_H
#define NHI_VERIFY_DIRECT_H

#include "verify/question.h"

/*
 * Fill the verdict: that of the token, and the key that it is bound to.  The
 * reason is the return value; NHI_ERR_NO_MATCH where the account has no
 * identity that may come this way.
 */
enum nhi_err	 nhi_verify_direct(const struct nhi_question *,
		    const struct nhi_request *, struct nhi_verdict *,
		    struct nhi_why *) NHI_MUST;

#endif
