/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The direct road: what sshd accepted is a certificate that its own key
 * signed, and the evidence is the token in it.  sshd has proved the key by
 * now, which its helper could not know; so only here is anything spent.
 */
#ifndef NHI_PAM_DIRECT_H
#define NHI_PAM_DIRECT_H

#include "pam_nhi/evidence.h"

/*
 * Have certificate, token and binding verified again.  Serial, key id and
 * validity are the client's own words and stay out of the evidence.
 */
enum nhi_err	 nhi_pam_direct_ask(const struct nhi_pam_call *,
		    struct nhi_span certificate, struct nhi_pam_evidence *,
		    struct nhi_why *) NHI_MUST;

/*
 * May the identity come this way at all?  Root's own limits take the place of
 * the certificate's.
 */
enum nhi_err	 nhi_pam_direct_limit(const struct nhi_pam_call *,
		    struct nhi_pam_evidence *, struct nhi_why *) NHI_MUST;

/*
 * Enter it into the ledger, by which a run is revoked: before the last look at
 * the revocations, so that one that did not find it is found by that.
 */
enum nhi_err	 nhi_pam_direct_enter(const struct nhi_pam_call *,
		    const struct nhi_pam_evidence *, struct nhi_why *)
		    NHI_MUST;

#endif
