/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/x509.h>

#include "lib/ssh/der.h"
#include "lib/ssh/pkey.h"

#define OID_RSA	NHI_SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define OID_EC	NHI_SPAN("\x2a\x86\x48\xce\x3d\x02\x01")

struct nhi_span
nhi_ssh_pkey_curve(enum nhi_ssh_type type)
{
	switch (type) {
	case NHI_SSH_P256:
		return NHI_SPAN("\x2a\x86\x48\xce\x3d\x03\x01\x07");
	case NHI_SSH_P384:
		return NHI_SPAN("\x2b\x81\x04\x00\x22");
	case NHI_SSH_P521:
		return NHI_SPAN("\x2b\x81\x04\x00\x23");
	case NHI_SSH_ED25519:
	case NHI_SSH_RSA:
	case NHI_SSH_TYPES:
		break;
	}
	return (struct nhi_span){ NULL, 0 };
}

/* AlgorithmIdentifier (RFC 3279 2.3.1, RFC 5480 2.1.1). */
static void
put_algorithm(const struct nhi_ssh_key *key, struct nhi_buf *out)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_PKEY_MAX);

	if (key->type == NHI_SSH_RSA) {
		nhi_ssh_der_put(&in, NHI_SSH_DER_OID, OID_RSA);
		nhi_ssh_der_put(&in, NHI_SSH_DER_NULL, NHI_SPAN(""));
	} else {
		nhi_ssh_der_put(&in, NHI_SSH_DER_OID, OID_EC);
		nhi_ssh_der_put(&in, NHI_SSH_DER_OID,
		    nhi_ssh_pkey_curve(key->type));
	}
	nhi_ssh_der_put(out, NHI_SSH_DER_SEQUENCE, nhi_buf_all(&in));
}

/* subjectPublicKey: the point, or a SEQUENCE of n and e (RFC 8017 A.1.1). */
static void
put_key(const struct nhi_ssh_key *key, struct nhi_buf *out)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_PKEY_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf bits = NHI_BUF(NHI_SSH_PKEY_MAX);

	nhi_buf_u8(&bits, 0);	/* no unused bits */
	if (key->type == NHI_SSH_RSA) {
		nhi_ssh_der_put(&in, NHI_SSH_DER_INTEGER, key->n);
		nhi_ssh_der_put(&in, NHI_SSH_DER_INTEGER, key->e);
		nhi_ssh_der_put(&bits, NHI_SSH_DER_SEQUENCE,
		    nhi_buf_all(&in));
	} else {
		nhi_buf_span(&bits, key->point);
	}
	nhi_ssh_der_put(out, NHI_SSH_DER_BITS, nhi_buf_all(&bits));
}

static EVP_PKEY *
from_der(const struct nhi_ssh_key *key)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_PKEY_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(NHI_SSH_PKEY_MAX);
	const unsigned char *p;

	put_algorithm(key, &in);
	put_key(key, &in);
	nhi_ssh_der_put(&der, NHI_SSH_DER_SEQUENCE, nhi_buf_all(&in));
	if (in.err != NHI_OK || der.err != NHI_OK)
		return NULL;
	p = (const unsigned char *)der.p;
	return d2i_PUBKEY(NULL, &p, (long)der.n);
}

enum nhi_err
nhi_ssh_pkey_make(const struct nhi_ssh_key *key, EVP_PKEY **ret,
    struct nhi_why *why)
{
	EVP_PKEY *pkey;

	if (key->type == NHI_SSH_ED25519)
		pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		    (const unsigned char *)key->point.p, key->point.n);
	else
		pkey = from_der(key);
	if (pkey == NULL)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "libcrypto does not take the %s key",
		    nhi_ssh_type_name(key->type));
	*ret = pkey;
	return NHI_OK;
}

void
nhi_ssh_pkey_freep(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
	*pkey = NULL;
}

void
nhi_ssh_mdctx_freep(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
	*ctx = NULL;
}
