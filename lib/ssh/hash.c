/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/evp.h>
#include <string.h>

#include "lib/ssh/hash.h"

enum nhi_err
nhi_ssh_hash(struct nhi_span in, uint8_t ret[static NHI_SSH_HASH],
    struct nhi_why *why)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (EVP_Digest(in.p, in.n, md, &n, EVP_sha256(), NULL) != 1 ||
	    n != NHI_SSH_HASH)
		return nhi_fail(why, NHI_ERR_INTERNAL, "SHA-256 failed");
	memcpy(ret, md, NHI_SSH_HASH);
	return NHI_OK;
}

enum nhi_err
nhi_ssh_hash_key(const struct nhi_ssh_key *key,
    char ret[static NHI_SSH_FINGERPRINT], struct nhi_why *why)
{
	uint8_t hash[NHI_SSH_HASH];
	enum nhi_err err;

	err = nhi_ssh_hash(nhi_buf_all(&key->blob), hash, why);
	if (err != NHI_OK)
		return err;
	return nhi_ssh_fingerprint_format(hash, ret, why);
}
