/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/ec.h>

#include "lib/ssh/der.h"
#include "lib/ssh/pkey.h"

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

/*
 * Not as a SubjectPublicKeyInfo: for d2i_PUBKEY OpenSSL 3 asks each of its
 * decoders in turn, which takes longer than the signature.  These calls are
 * in 1.1.1 as well.
 */

/* RSAPublicKey (RFC 8017 A.1.1). */
static EVP_PKEY *
make_rsa(const struct nhi_ssh_key *key)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_PKEY_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(NHI_SSH_PKEY_MAX);
	const unsigned char *p;

	nhi_ssh_der_put(&in, NHI_SSH_DER_INTEGER, key->n);
	nhi_ssh_der_put(&in, NHI_SSH_DER_INTEGER, key->e);
	nhi_ssh_der_put(&der, NHI_SSH_DER_SEQUENCE, nhi_buf_all(&in));
	if (in.err != NHI_OK || der.err != NHI_OK)
		return NULL;
	p = (const unsigned char *)der.p;
	return d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)der.n);
}

static int
nid_of(enum nhi_ssh_type type)
{
	switch (type) {
	case NHI_SSH_P256:
		return NID_X9_62_prime256v1;
	case NHI_SSH_P384:
		return NID_secp384r1;
	case NHI_SSH_P521:
		return NID_secp521r1;
	case NHI_SSH_ED25519:
	case NHI_SSH_RSA:
	case NHI_SSH_TYPES:
		break;
	}
	return NID_undef;
}

static void
free_ctx(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

/* Computing the constants of a curve takes long: once for a curve. */
static EVP_PKEY *
find_curve(enum nhi_ssh_type type)
{
	static EVP_PKEY *made[NHI_SSH_TYPES];
	NHI_AUTO(free_ctx) EVP_PKEY_CTX *ctx = NULL;

	if (made[type] != NULL)
		return made[type];
	if ((ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL)) == NULL ||
	    EVP_PKEY_paramgen_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, nid_of(type)) != 1 ||
	    EVP_PKEY_paramgen(ctx, &made[type]) != 1)
		made[type] = NULL;
	return made[type];
}

/* The curve first; then the point, as the octets it is in TLS too. */
static EVP_PKEY *
make_ecdsa(const struct nhi_ssh_key *key)
{
	const EVP_PKEY *curve = find_curve(key->type);
	EVP_PKEY *pkey = curve == NULL ? NULL : EVP_PKEY_new();

	if (pkey == NULL)
		return NULL;
	if (EVP_PKEY_copy_parameters(pkey, curve) != 1 ||
	    EVP_PKEY_set1_tls_encodedpoint(pkey,
	    (const unsigned char *)key->point.p, key->point.n) != 1)
		nhi_ssh_pkey_freep(&pkey);
	return pkey;
}

enum nhi_err
nhi_ssh_pkey_make(const struct nhi_ssh_key *key, EVP_PKEY **ret,
    struct nhi_why *why)
{
	EVP_PKEY *pkey;

	if (key->type == NHI_SSH_ED25519)
		pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		    (const unsigned char *)key->point.p, key->point.n);
	else if (key->type == NHI_SSH_RSA)
		pkey = make_rsa(key);
	else
		pkey = make_ecdsa(key);
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
