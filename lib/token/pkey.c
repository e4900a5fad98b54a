/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/ec.h>
#include <openssl/err.h>

#include "lib/token/pkey.h"

#define DER_MAX		4096
#define TAG_INTEGER	0x02
#define TAG_SEQUENCE	0x30

static const uint8_t order_p256[] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
	0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};
static const uint8_t order_p384[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
	0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a,
	0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
};
static const uint8_t order_p521[] = {
	0x01, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa,
	0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b,
	0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0,
	0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae,
	0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
};

static const struct {
	size_t size;
	const uint8_t *order;
	int nid;
} curves[] = {
	[NHI_CURVE_P256] = { 32, order_p256, NID_X9_62_prime256v1 },
	[NHI_CURVE_P384] = { 48, order_p384, NID_secp384r1 },
	[NHI_CURVE_P521] = { 66, order_p521, NID_secp521r1 },
};

_Static_assert(sizeof(order_p256) == 32 && sizeof(order_p384) == 48 &&
    sizeof(order_p521) == 66, "lengths");

size_t
nhi_curve_size(enum nhi_curve c)
{
	return curves[c].size;
}

const uint8_t *
nhi_curve_order(enum nhi_curve c)
{
	return curves[c].order;
}

/* Tag and length (X.690 8.1.3), for at most 65535 octets. */
static void
put_head(struct nhi_buf *b, uint8_t tag, size_t n)
{
	nhi_buf_u8(b, tag);
	if (n > 0xff)
		nhi_buf_u8(b, 0x82);
	else if (n > 0x7f)
		nhi_buf_u8(b, 0x81);
	if (n > 0xff)
		nhi_buf_u8(b, (uint8_t)(n >> 8));
	nhi_buf_u8(b, (uint8_t)n);
}

static void
put_tlv(struct nhi_buf *b, uint8_t tag, struct nhi_span content)
{
	put_head(b, tag, content.n);
	nhi_buf_span(b, content);
}

/* Shortest form; one zero octet in front where the sign bit would be set. */
static void
put_number(struct nhi_buf *b, struct nhi_span v)
{
	bool high;

	while (v.n > 1 && v.p[0] == '\0') {
		v.p++;
		v.n--;
	}
	high = v.n > 0 && (v.p[0] & 0x80) != 0;
	put_head(b, TAG_INTEGER, v.n + (high ? 1 : 0));
	if (high)
		nhi_buf_u8(b, 0);
	nhi_buf_span(b, v);
}

static void
put_numbers(struct nhi_buf *b, struct nhi_span v, struct nhi_span w)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf two = NHI_BUF(DER_MAX);

	put_number(&two, v);
	put_number(&two, w);
	put_tlv(b, TAG_SEQUENCE, nhi_buf_all(&two));
}

void
nhi_pkey_put_signature(struct nhi_buf *b, struct nhi_span r, struct nhi_span s)
{
	put_numbers(b, r, s);
}

/* What libcrypto made of the numbers, or its refusal. */
static enum nhi_err
take(EVP_PKEY *pkey, EVP_PKEY **ret, struct nhi_why *why)
{
	ERR_clear_error();
	if (pkey == NULL)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "not a public key on its curve (RFC 7518 6)");
	*ret = pkey;
	return NHI_OK;
}

/* RSAPublicKey (RFC 8017 A.1.1). */
enum nhi_err
nhi_pkey_rsa(struct nhi_span n, struct nhi_span e, EVP_PKEY **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf key = NHI_BUF(DER_MAX);
	const unsigned char *p;
	enum nhi_err err;

	put_numbers(&key, n, e);
	if ((err = nhi_buf_check(&key, why)) != NHI_OK)
		return err;
	p = (const unsigned char *)key.p;
	return take(d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)key.n), ret,
	    why);
}

static void
free_ctx(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

/*
 * Computing the constants of a curve takes a sixth of what verifying takes, so
 * it is done once for a curve (by nhi_token_warm_up, before the token comes).
 */
static EVP_PKEY *
find_curve(enum nhi_curve c)
{
	static EVP_PKEY *made[NHI_CURVES];
	NHI_AUTO(free_ctx) EVP_PKEY_CTX *ctx = NULL;

	if (made[c] != NULL)
		return made[c];
	if ((ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL)) == NULL ||
	    EVP_PKEY_paramgen_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, curves[c].nid) != 1 ||
	    EVP_PKEY_paramgen(ctx, &made[c]) != 1)
		made[c] = NULL;
	return made[c];
}

/* The curve first; then the point, as the octets it is in TLS. */
static EVP_PKEY *
make_ec(enum nhi_curve c, const struct nhi_buf *point)
{
	const EVP_PKEY *curve = find_curve(c);
	EVP_PKEY *pkey = curve == NULL ? NULL : EVP_PKEY_new();

	if (pkey == NULL)
		return NULL;
	if (EVP_PKEY_copy_parameters(pkey, curve) != 1 ||
	    EVP_PKEY_set1_tls_encodedpoint(pkey,
	    (const unsigned char *)point->p, point->n) != 1)
		nhi_pkey_freep(&pkey);
	return pkey;
}

enum nhi_err
nhi_pkey_ec(enum nhi_curve c, struct nhi_span x, struct nhi_span y,
    EVP_PKEY **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf point = NHI_BUF(DER_MAX);
	enum nhi_err err;

	nhi_buf_u8(&point, 4);		/* uncompressed (SEC 1 2.3.3) */
	nhi_buf_span(&point, x);
	nhi_buf_span(&point, y);
	if ((err = nhi_buf_check(&point, why)) != NHI_OK)
		return err;
	return take(make_ec(c, &point), ret, why);
}

enum nhi_err
nhi_pkey_ed25519(struct nhi_span key, EVP_PKEY **ret, struct nhi_why *why)
{
	return take(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    (const unsigned char *)key.p, key.n), ret, why);
}

void
nhi_pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
	*p = NULL;
}
