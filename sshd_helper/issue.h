/* SPDX-License-Identifier: BSD-2-Clause */
/* One request to the issuer, and what it leaves in the trail. */
#ifndef NHI_ISSUE_ISSUE_H
#define NHI_ISSUE_ISSUE_H

#include "lib/base/audit.h"
#include "lib/base/policy.h"
#include "lib/base/verdict.h"
#include "lib/ssh/fingerprint.h"
#include "lib/ssh/key.h"
#include "sshd_helper/ca.h"

struct nhi_issue {
	const char *name;		/* account asked for; NULL: none */
	const char *source;		/* "" when unknown */
	int64_t started;		/* nhi_clock_ms */
	int64_t now;			/* seconds since 1970 */
	struct nhi_ssh_key *key;
	char fingerprint[NHI_SSH_FINGERPRINT];
	struct nhi_policy policy;
	struct nhi_host host;
	struct nhi_account account;
	struct nhi_rules *rules;
	struct nhi_buf token;
	bool answered;			/* verdict is one */
	bool decided;			/* its record is its own (watch.h) */
	bool again;			/* its keys are being fetched */
	struct nhi_verdict verdict;
	char mark[17];
	const struct nhi_identity *identity;	/* the rules' */
	const struct nhi_issuer *issuer;
	int64_t valid_before;
	struct nhi_buf claims;		/* provenance, lines name=value */
	struct nhi_ca_result result;
	char id[NHI_AUDIT_ID + 1];	/* of the record */
};

/* The provenance lines of the verdict. */
enum nhi_err	 nhi_issue_claims(struct nhi_issue *, struct nhi_why *)
		    NHI_MUST;

/*
 * Record the grant (NHI_OK) or the refusal.  For a grant, what cannot be
 * recorded is not given: NHI_ERR_AUDIT_UNAVAILABLE.
 */
enum nhi_err	 nhi_issue_record(struct nhi_issue *, enum nhi_err,
		    struct nhi_why *) NHI_MUST;

/* One line on standard error for the client. */
void		 nhi_issue_tell(const struct nhi_issue *, enum nhi_err);

#endif
