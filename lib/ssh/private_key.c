/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/bn.h>
#include <string.h>

#include "lib/ssh/der.h"
#include "lib/ssh/pkey.h"
#include "lib/ssh/private_key.h"
#include "lib/ssh/wire.h"

#define SEED	32	/* of Ed25519, followed by the public key */

static EVP_PKEY *
take_ed25519(const struct nhi_ssh_key *key, struct nhi_span *in)
{
	struct nhi_span public, secret;

	if (!nhi_wire_string(in, &public) || !nhi_wire_string(in, &secret) ||
	    !nhi_span_equal(public, key->point) ||
	    secret.n != SEED + public.n ||
	    memcmp(secret.p + SEED, public.p, public.n) != 0)
		return NULL;
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    (const unsigned char *)secret.p, SEED);
}

static EVP_PKEY *
from_der(int type, const struct nhi_buf *in)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(NHI_SSH_PKEY_MAX);
	const unsigned char *p;

	nhi_ssh_der_put(&der, NHI_SSH_DER_SEQUENCE, nhi_buf_all(in));
	if (in->err != NHI_OK || der.err != NHI_OK)
		return NULL;
	p = (const unsigned char *)der.p;
	return d2i_PrivateKey(type, NULL, &p, (long)der.n);
}

/* OCTET STRING of the size of the field (SEC 1 C.4). */
static void
put_scalar(struct nhi_buf *out, struct nhi_span d, size_t size)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(256);

	if (d.n > size) {	/* the zero octet of the mpint */
		d.p += d.n - size;
		d.n = size;
	}
	for (size_t i = d.n; i < size; i++)
		nhi_buf_u8(&in, 0);
	nhi_buf_span(&in, d);
	if (in.err == NHI_OK)
		nhi_ssh_der_put(out, NHI_SSH_DER_OCTETS, nhi_buf_all(&in));
	else
		out->err = in.err;
}

static void
put_wrapped(struct nhi_buf *out, unsigned int n, uint8_t tag,
    struct nhi_span content)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(256);

	nhi_ssh_der_put(&in, tag, content);
	nhi_ssh_der_put(out, (uint8_t)NHI_SSH_DER_CONTEXT(n),
	    nhi_buf_all(&in));
}

static EVP_PKEY *
take_ecdsa(const struct nhi_ssh_key *key, struct nhi_span *in)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(NHI_SSH_PKEY_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf bits = NHI_BUF(256);
	struct nhi_span curve, point, d;
	size_t size = (key->point.n - 1) / 2;

	if (!nhi_wire_string(in, &curve) ||
	    !nhi_span_is(curve, nhi_ssh_type_curve(key->type)) ||
	    !nhi_wire_string(in, &point) ||
	    !nhi_span_equal(point, key->point) ||
	    !nhi_wire_mpint(in, &d) || nhi_wire_bits(d) > size * 8)
		return NULL;
	nhi_buf_u8(&bits, 0);	/* no unused bits */
	nhi_buf_span(&bits, point);
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, NHI_SPAN("\x01"));
	put_scalar(&der, d, size);
	put_wrapped(&der, 0, NHI_SSH_DER_OID, nhi_ssh_pkey_curve(key->type));
	put_wrapped(&der, 1, NHI_SSH_DER_BITS, nhi_buf_all(&bits));
	return from_der(EVP_PKEY_EC, &der);
}

static BIGNUM *
number(struct nhi_span s)
{
	return BN_bin2bn((const unsigned char *)s.p, (int)s.n, NULL);
}

static void
put_bn(struct nhi_buf *out, const BIGNUM *bn)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(NHI_SSH_PKEY_MAX);
	size_t n = (size_t)BN_num_bytes(bn);
	char *room;

	nhi_buf_u8(&in, 0);	/* room for the sign */
	if ((room = nhi_buf_room(&in, n)) == NULL) {
		out->err = in.err;
		return;
	}
	(void)BN_bn2bin(bn, (unsigned char *)room);
	in.n += n;
	in.p[in.n] = '\0';
	if (n > 0 && !(room[0] & 0x80))
		nhi_ssh_der_put(out, NHI_SSH_DER_INTEGER,
		    (struct nhi_span){ room, n });
	else
		nhi_ssh_der_put(out, NHI_SSH_DER_INTEGER, nhi_buf_all(&in));
}

/* d mod (p - 1), which openssh-key-v1 leaves out. */
static bool
put_exponent(struct nhi_buf *out, struct nhi_span d, struct nhi_span p)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *bd = number(d), *bp = number(p), *rem = BN_new();
	bool ok = false;

	if (ctx != NULL && bd != NULL && bp != NULL && rem != NULL) {
		BN_set_flags(bd, BN_FLG_CONSTTIME);
		BN_set_flags(bp, BN_FLG_CONSTTIME);
		ok = BN_sub_word(bp, 1) == 1 && !BN_is_zero(bp) &&
		    BN_mod(rem, bd, bp, ctx) == 1;
	}
	if (ok)
		put_bn(out, rem);
	BN_clear_free(bd);
	BN_clear_free(bp);
	BN_clear_free(rem);
	BN_CTX_free(ctx);
	return ok && out->err == NHI_OK;
}

/* On the wire n, e, d, iqmp, p, q; RSAPrivateKey is in RFC 8017 A.1.2. */
static EVP_PKEY *
take_rsa(const struct nhi_ssh_key *key, struct nhi_span *in)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(NHI_SSH_PKEY_MAX);
	struct nhi_span n, e, d, inverse, p, q;

	if (!nhi_wire_mpint(in, &n) || !nhi_span_equal(n, key->n) ||
	    !nhi_wire_mpint(in, &e) || !nhi_span_equal(e, key->e) ||
	    !nhi_wire_mpint(in, &d) || !nhi_wire_mpint(in, &inverse) ||
	    !nhi_wire_mpint(in, &p) || !nhi_wire_mpint(in, &q) ||
	    d.n > n.n || inverse.n > n.n || p.n > n.n || q.n > n.n)
		return NULL;
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, NHI_SPAN("\0"));
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, n);
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, e);
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, d);
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, p);
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, q);
	if (!put_exponent(&der, d, p) || !put_exponent(&der, d, q))
		return NULL;
	nhi_ssh_der_put(&der, NHI_SSH_DER_INTEGER, inverse);
	return from_der(EVP_PKEY_RSA, &der);
}

enum nhi_err
nhi_ssh_private_key_take(const struct nhi_ssh_key *key, struct nhi_span *in,
    EVP_PKEY **ret, struct nhi_why *why)
{
	EVP_PKEY *pkey;

	if (key->type == NHI_SSH_ED25519)
		pkey = take_ed25519(key, in);
	else if (key->type == NHI_SSH_RSA)
		pkey = take_rsa(key, in);
	else
		pkey = take_ecdsa(key, in);
	if (pkey == NULL)
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "the numbers of the private %s key are not valid",
		    nhi_ssh_type_name(key->type));
	*ret = pkey;
	return NHI_OK;
}
