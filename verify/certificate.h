/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate against the rules of the account. */
#ifndef NHI_VERIFY_CERTIFICATE_H
#define NHI_VERIFY_CERTIFICATE_H

#include "verify/question.h"

/* Fill the verdict; the reason is the return value. */
enum nhi_err	 nhi_verify_certificate(const struct nhi_question *,
		    const struct nhi_request *, struct nhi_verdict *,
		    struct nhi_why *) NHI_MUST;

#endif
