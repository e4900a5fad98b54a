/* SPDX-License-Identifier: BSD-2-Clause */
/* From a verdict to a certificate in the ledger. */
#ifndef NHI_ISSUE_CA_H
#define NHI_ISSUE_CA_H

#include "lib/base/policy.h"
#include "lib/ssh/key.h"

struct nhi_ca_request {
	const struct nhi_ssh_key *subject;
	const struct nhi_identity *identity;
	const char *account;
	const char *host;		/* id of this host */
	const char *mark;		/* 16 hex digits */
	const char *provenance;		/* name=value;..., or NULL */
	const char *fingerprint;	/* of the subject */
	const char *source;		/* "" when unknown */
	const char *jti;		/* of the token; "": it has none */
	int64_t valid_after;
	int64_t valid_before;
};

struct nhi_ca_result {
	uint64_t serial;
	struct nhi_buf keyid;
	struct nhi_buf line;		/* the certificate, without newline */
};

#define NHI_CA_RESULT	{ .keyid = NHI_BUF(1024), .line = NHI_BUF(65536) }

/*
 * Read the CA key, sign, wipe the key.  NHI_ERR_CA_KEY, NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_ca_sign(const struct nhi_ca_request *,
		    struct nhi_ca_result *ret, struct nhi_why *) NHI_MUST;

/* Enter it in the ledger (issued/<serial>), synced.  NHI_ERR_STATE. */
enum nhi_err	 nhi_ca_enter(const struct nhi_ca_request *,
		    const struct nhi_ca_result *, struct nhi_why *) NHI_MUST;

void		 nhi_ca_result_wipe(struct nhi_ca_result *);

#endif
