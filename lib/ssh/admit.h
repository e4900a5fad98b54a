/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is this certificate what the policy of this host would have issued?  Used
 * by `principals` before the key is proved and by nhi-verify after; says
 * nothing about the signature.  libc only.
 */
#ifndef NHI_SSH_ADMIT_H
#define NHI_SSH_ADMIT_H

#include "lib/base/rules.h"
#include "lib/ssh/cert.h"
#include "lib/ssh/keyid.h"

struct nhi_ssh_admit {
	const struct nhi_ssh_cert *cert;
	const char *account;
	const struct nhi_rules *rules;
	const char *host;		/* whose CA it is, by trusted.pub */
	int64_t now;
};

/*
 * Is it one of ours at all: principal, key id?  NHI_ERR_CERT_PRINCIPAL,
 * NHI_ERR_CERT_KEYID.
 */
enum nhi_err	 nhi_ssh_admit_ours(const struct nhi_ssh_admit *,
		    struct nhi_ssh_keyid *ret, struct nhi_why *) NHI_MUST;

/*
 * Host, validity, identity, options: NHI_ERR_CERT_HOST, NHI_ERR_CERT_EXPIRED,
 * NHI_ERR_NO_MATCH (the identity may not use the account any more),
 * NHI_ERR_CERT_OPTIONS.
 */
enum nhi_err	 nhi_ssh_admit_check(const struct nhi_ssh_admit *,
		    const struct nhi_ssh_keyid *, size_t *ret_identity,
		    struct nhi_why *) NHI_MUST;

#endif
