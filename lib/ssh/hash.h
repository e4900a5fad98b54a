/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 of a key's blob: what a fingerprint spells out. */
#ifndef NHI_SSH_HASH_H
#define NHI_SSH_HASH_H

#include "lib/ssh/fingerprint.h"
#include "lib/ssh/key.h"

enum nhi_err	 nhi_ssh_hash(struct nhi_span,
		    uint8_t ret[static NHI_SSH_HASH], struct nhi_why *)
		    NHI_MUST;

/* "SHA256:..." of a key. */
enum nhi_err	 nhi_ssh_hash_key(const struct nhi_ssh_key *,
		    char ret[static NHI_SSH_FINGERPRINT], struct nhi_why *)
		    NHI_MUST;

#endif
