/* SPDX-License-Identifier: BSD-2-Clause */
/* The session's record, its lease, and what the trail says of both. */
#ifndef NHI_PAM_RECORD_H
#define NHI_PAM_RECORD_H

#include "pam_nhi/evidence.h"

/*
 * Without evidence (NULL) it is a job that the account began by itself.
 * NHI_ERR_STATE: without its process it would soon be taken for dead.
 */
enum nhi_err	 nhi_pam_record_fill(const struct nhi_pam_call *,
		    const struct nhi_pam_evidence *, struct nhi_session *,
		    struct nhi_why *) NHI_MUST;

/* What is known of the certificate into an event; e may be NULL. */
void	 nhi_pam_record_evidence(const struct nhi_pam_evidence *e,
	    struct nhi_event *);

/* Texts of a verdict on a token, for as long as its record is made. */
struct nhi_pam_texts {
	char detail[200];
	char subject[512];
	char jti[128];
	char alg[16];
	char kid[272];
	char issuer[65];
	struct nhi_buf claims;		/* lines name=value */
};

#define NHI_PAM_TEXTS	{ .claims = NHI_BUF(NHI_VERDICT_LINES) }

void	 nhi_pam_texts_wipe(struct nhi_pam_texts *);

/* What is known of the token into an event, by way of the texts. */
void	 nhi_pam_record_token(const struct nhi_pam_evidence *,
	    struct nhi_pam_texts *, struct nhi_event *);

/*
 * Write the record and count it into the account's lease, under one lock; the
 * identity's cap is asked for there again, for many may have passed it at once.
 * A job has no cap, and counts for no lease.
 */
enum nhi_err	 nhi_pam_record_open(const struct nhi_pam_call *,
		    const struct nhi_pam_evidence *,
		    const struct nhi_session *, struct nhi_why *) NHI_MUST;

/* Take both back; the lease goes with the last session that counts. */
enum nhi_err	 nhi_pam_record_close(const struct nhi_session *,
		    struct nhi_why *);

/* The grant in the trail, written and synced. */
enum nhi_err	 nhi_pam_record_grant(const struct nhi_pam_call *,
		    const struct nhi_pam_evidence *,
		    const struct nhi_session *, struct nhi_why *) NHI_MUST;

/* The end of the session in the trail. */
void	 nhi_pam_record_left(const struct nhi_pam_call *,
	    const struct nhi_session *);

#endif
