/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key revocation lists in OpenSSH's format (PROTOCOL.krl), for hosts without
 * NHI.  What is here never makes a list that sshd cannot load, which would
 * refuse everybody, nor an empty file, which would refuse nobody.  Replace the
 * file by rename (nhi_file_replace).
 */
#ifndef NHI_SSH_KRL_H
#define NHI_SSH_KRL_H

#include "lib/base/rules.h"
#include "lib/ssh/key.h"

#define NHI_SSH_KRL_MAX		(64U << 20)	/* bytes of a list */

/* What is revoked of one CA's certificates. */
struct nhi_ssh_krl_ca {
	const struct nhi_ssh_key *ca;	/* NULL: of every CA's */
	const uint64_t *serials;	/* none of them 0 */
	size_t nserials;
	const struct nhi_list *keyids;	/* whole key ids; NULL: none */
};

struct nhi_ssh_krl {
	uint64_t version;		/* rises with each list */
	int64_t generated;		/* seconds since 1970 */
	const char *comment;		/* NULL: none */
	const struct nhi_ssh_krl_ca *cas;
	size_t ncas;
	const struct nhi_ssh_key *const *keys;	/* plain keys, whoever's */
	size_t nkeys;
	struct nhi_span hashes;		/* SHA-256 of plain keys, end to end */
};

/*
 * Append to an empty buffer of at most NHI_SSH_KRL_MAX.  NHI_ERR_STATE for a
 * serial 0, an empty key id, or a text with control characters.
 */
enum nhi_err	 nhi_ssh_krl_format(const struct nhi_ssh_krl *,
		    struct nhi_buf *ret, struct nhi_why *) NHI_MUST;

#endif
