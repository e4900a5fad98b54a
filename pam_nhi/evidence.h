/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The evidence of an sshd login: the certificate that sshd accepted, as it
 * stands in SSH_AUTH_INFO_0, verified again by nhi-verify, and everything
 * that root checks from its own data.
 */
#ifndef NHI_PAM_EVIDENCE_H
#define NHI_PAM_EVIDENCE_H

#include "lib/base/grant.h"
#include "pam_nhi/call.h"

struct nhi_pam_evidence {
	bool answered;			/* verdict is one */
	bool direct;			/* by the token in a certificate */
	struct nhi_verdict verdict;
	const struct nhi_identity *identity;	/* the call's rules own it */
	const struct nhi_issuer *issuer;
	char mark[17];
	char key[NHI_DIGEST_HEX + 1];		/* hex of the key's SHA-256 */
	char fingerprint[64];			/* SHA256:... */
	char keyid[384];
};

/*
 * The account stage of sshd: the certificate is shown at open_session only,
 * but who will read it can be made ready while sshd still waits (it answers a
 * client no sooner than after a time of its own).
 */
void		 nhi_pam_evidence_expect(const struct nhi_pam_call *,
		    struct nhi_pam_state *);

/*
 * What could be learnt is in ret also on a refusal, for the record; identity
 * is NULL until the verdict named one.
 */
enum nhi_err	 nhi_pam_evidence_check(const struct nhi_pam_call *,
		    struct nhi_pam_evidence *ret, struct nhi_why *) NHI_MUST;

/*
 * The parts of it that serve a token, too: the identity that the verdict
 * names, by the call's own rules; what lib/base/grant.h holds it against, and
 * its cap, for which it waits a moment.
 */
enum nhi_err	 nhi_pam_evidence_identity(const struct nhi_pam_call *,
		    struct nhi_pam_evidence *, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_pam_evidence_state(const struct nhi_pam_call *,
		    const struct nhi_pam_evidence *, struct nhi_why *)
		    NHI_MUST;

/* The same evidence as a question to lib/base/grant.h; borrows of both. */
struct nhi_grant	 nhi_pam_evidence_grant(const struct nhi_pam_call *,
			    const struct nhi_pam_evidence *);

/* The last of these by itself: is there room for one session more? */
enum nhi_err	 nhi_pam_evidence_cap(const struct nhi_pam_call *,
		    const struct nhi_pam_evidence *, struct nhi_why *)
		    NHI_MUST;

/* For a login by token: the verdict that authenticate handed over. */
enum nhi_err	 nhi_pam_evidence_pending(const struct nhi_pam_call *,
		    struct nhi_pam_evidence *ret, struct nhi_why *) NHI_MUST;

#endif
