/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a user certificate. */
#ifndef NHI_SSH_SIGN_H
#define NHI_SSH_SIGN_H

#include "lib/base/rules.h"
#include "lib/ssh/cert.h"
#include "lib/ssh/private.h"

#define NHI_SSH_LINE_MAX	65536	/* bytes of a certificate as text */
#define NHI_SSH_PROVENANCE	"provenance@nhi"
#define NHI_SSH_PROVENANCE_MAX	4096	/* bytes */

struct nhi_ssh_cert_request {
	const struct nhi_ssh_key *subject;
	uint64_t serial;		/* 1 to INT64_MAX */
	const char *keyid;		/* nhi1:... (lib/ssh/keyid.h) */
	const char *principal;		/* the account */
	int64_t valid_after;		/* seconds since 1970 */
	int64_t valid_before;
	const char *force_command;	/* NULL or "": none */
	const struct nhi_list *source;	/* CIDRs; NULL or empty: anywhere */
	bool pty;
	bool forwarding;
	const char *provenance;		/* printable; NULL or "": none */
};

/* Random, 1 to INT64_MAX; NHI_ERR_INTERNAL. */
enum nhi_err	 nhi_ssh_cert_serial(uint64_t *ret, struct nhi_why *) NHI_MUST;

/*
 * Append "type base64 keyid", without a line feed, to an empty buffer of
 * NHI_SSH_LINE_MAX.  What is not asked for is not permitted; permit-user-rc
 * never is.  The result is parsed and its signature checked before it is
 * given out.  NHI_ERR_CERT_KEYID, _PRINCIPAL, _OPTIONS, _EXPIRED or
 * NHI_ERR_INTERNAL where the request makes no sense, NHI_ERR_KEY_INVALID where
 * the subject is the CA's own key, NHI_ERR_CA_KEY where the CA's fails.
 */
enum nhi_err	 nhi_ssh_cert_sign(const struct nhi_ssh_cert_request *,
		    const struct nhi_ssh_private *ca, struct nhi_buf *ret,
		    struct nhi_why *) NHI_MUST;

#endif
