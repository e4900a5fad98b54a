/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/der.h"
#include "lib/ssh/generate.h"
#include "lib/ssh/pkey.h"
#include "lib/ssh/private.h"
#include "lib/ssh/wire.h"

#define ED25519		32	/* bytes of seed and of point */
#define COLUMNS		70	/* of base64, as ssh-keygen has it */

static void
ctx_freep(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
	*ctx = NULL;
}

static int
curve_nid(enum nhi_ssh_type type)
{
	if (type == NHI_SSH_P256)
		return NID_X9_62_prime256v1;
	return type == NHI_SSH_P384 ? NID_secp384r1 : NID_secp521r1;
}

static EVP_PKEY *
new_key(enum nhi_ssh_type type)
{
	NHI_AUTO(ctx_freep) EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *pkey = NULL;
	int id = EVP_PKEY_EC;

	if (type == NHI_SSH_ED25519 || type == NHI_SSH_RSA)
		id = type == NHI_SSH_RSA ? EVP_PKEY_RSA : EVP_PKEY_ED25519;
	ctx = EVP_PKEY_CTX_new_id(id, NULL);
	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1)
		return NULL;
	if (id == EVP_PKEY_RSA && EVP_PKEY_CTX_set_rsa_keygen_bits(ctx,
	    NHI_SSH_GENERATE_RSA) != 1)
		return NULL;
	if (id == EVP_PKEY_EC && EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx,
	    curve_nid(type)) != 1)
		return NULL;
	return EVP_PKEY_keygen(ctx, &pkey) == 1 ? pkey : NULL;
}

static bool
put_ed25519(EVP_PKEY *pkey, struct nhi_buf *public, struct nhi_buf *private)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf both = NHI_BUF(2 * ED25519);
	char *room = nhi_buf_room(&both, 2 * ED25519);
	size_t n = ED25519, m = ED25519;
	struct nhi_span point;

	if (room == NULL || EVP_PKEY_get_raw_private_key(pkey,
	    (unsigned char *)room, &n) != 1 || n != ED25519 ||
	    EVP_PKEY_get_raw_public_key(pkey,
	    (unsigned char *)room + ED25519, &m) != 1 || m != ED25519)
		return false;
	point = (struct nhi_span){ room + ED25519, ED25519 };
	nhi_wire_put(public, point);
	nhi_wire_put(private, point);
	nhi_wire_put(private, (struct nhi_span){ room, 2 * ED25519 });
	return true;
}

/* RSAPrivateKey or ECPrivateKey: the content of its SEQUENCE. */
static bool
to_der(EVP_PKEY *pkey, struct nhi_buf *der, struct nhi_span *ret)
{
	int n = i2d_PrivateKey(pkey, NULL);
	struct nhi_span all;
	unsigned char *p;

	if (n <= 0 || (p = (unsigned char *)nhi_buf_room(der,
	    (size_t)n)) == NULL || i2d_PrivateKey(pkey, &p) != n)
		return false;
	der->n += (size_t)n;
	der->p[der->n] = '\0';
	all = nhi_buf_all(der);
	return nhi_ssh_der_take(&all, NHI_SSH_DER_SEQUENCE, ret);
}

static bool
put_ecdsa(EVP_PKEY *pkey, const char *curve, struct nhi_buf *public,
    struct nhi_buf *private)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(NHI_SSH_PKEY_MAX);
	struct nhi_span in, s, d, point;

	if (!to_der(pkey, &der, &in) ||
	    !nhi_ssh_der_take(&in, NHI_SSH_DER_INTEGER, &s) ||
	    !nhi_ssh_der_take(&in, NHI_SSH_DER_OCTETS, &d) ||
	    !nhi_ssh_der_take(&in, NHI_SSH_DER_CONTEXT(0), &s) ||
	    !nhi_ssh_der_take(&in, NHI_SSH_DER_CONTEXT(1), &s) ||
	    !nhi_ssh_der_take(&s, NHI_SSH_DER_BITS, &point) || point.n == 0)
		return false;
	point.p++;	/* the count of unused bits */
	point.n--;
	nhi_wire_put_str(public, curve);
	nhi_wire_put(public, point);
	nhi_wire_put_str(private, curve);
	nhi_wire_put(private, point);
	nhi_wire_put_mpint(private, d);
	return true;
}

/* In RFC 8017's order n, e, d, p, q, dp, dq, qinv; in ours others. */
static bool
put_rsa(EVP_PKEY *pkey, struct nhi_buf *public, struct nhi_buf *private)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf der = NHI_BUF(NHI_SSH_PKEY_MAX);
	enum { ZERO, N, E, D, P, Q, DP, DQ, QINV, COUNT };
	static const int on_wire[] = { N, E, D, QINV, P, Q };
	struct nhi_span in, v[COUNT];

	if (!to_der(pkey, &der, &in))
		return false;
	for (size_t i = 0; i < COUNT; i++)
		if (!nhi_ssh_der_take(&in, NHI_SSH_DER_INTEGER, &v[i]))
			return false;
	nhi_wire_put_mpint(public, v[E]);
	nhi_wire_put_mpint(public, v[N]);
	for (size_t i = 0; i < sizeof(on_wire) / sizeof(on_wire[0]); i++)
		nhi_wire_put_mpint(private, v[on_wire[i]]);
	return true;
}

static bool
put_key(enum nhi_ssh_type type, struct nhi_buf *public,
    struct nhi_buf *private)
{
	NHI_AUTO(nhi_ssh_pkey_freep) EVP_PKEY *pkey = new_key(type);
	const char *name = nhi_ssh_type_name(type);

	if (pkey == NULL)
		return false;
	nhi_wire_put_str(public, name);
	nhi_wire_put_str(private, name);
	if (type == NHI_SSH_ED25519)
		return put_ed25519(pkey, public, private);
	if (type == NHI_SSH_RSA)
		return put_rsa(pkey, public, private);
	return put_ecdsa(pkey, nhi_ssh_type_curve(type), public, private);
}

/* Two equal numbers, the key, its comment, padding. */
static bool
put_section(enum nhi_ssh_type type, const char *comment,
    struct nhi_buf *public, struct nhi_buf *out)
{
	uint32_t check;

	if (RAND_bytes((unsigned char *)&check, sizeof(check)) != 1)
		return false;
	nhi_buf_u32(out, check);
	nhi_buf_u32(out, check);
	if (!put_key(type, public, out))
		return false;
	nhi_wire_put_str(out, comment);
	for (uint8_t i = 1; out->err == NHI_OK &&
	    out->n % NHI_SSH_PRIVATE_BLOCK != 0; i++)
		nhi_buf_u8(out, i);
	return out->err == NHI_OK && public->err == NHI_OK;
}

static void
put_armoured(struct nhi_span blob, struct nhi_buf *out)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf base64 =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	struct nhi_span in, line;

	nhi_ssh_base64_encode(blob, &base64);
	if (base64.err != NHI_OK && out->err == NHI_OK)
		out->err = base64.err;
	in = nhi_buf_all(&base64);
	nhi_buf_str(out, NHI_SSH_PRIVATE_BEGIN "\n");
	while (nhi_span_take(&in, in.n < COLUMNS ? in.n : COLUMNS, &line) &&
	    line.n > 0) {
		nhi_buf_span(out, line);
		nhi_buf_char(out, '\n');
	}
	nhi_buf_str(out, NHI_SSH_PRIVATE_END "\n");
}

enum nhi_err
nhi_ssh_generate(enum nhi_ssh_type type, const char *comment,
    struct nhi_buf *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf public =
	    NHI_BUF(NHI_SSH_KEY_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf section =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);

	if (!nhi_wire_printable(nhi_span_str(comment)))
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "the comment is not printable");
	if (!put_section(type, comment, &public, &section))
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "libcrypto does not make a %s key",
		    nhi_ssh_type_name(type));
	nhi_buf_put(&blob, NHI_SSH_PRIVATE_MAGIC,
	    sizeof(NHI_SSH_PRIVATE_MAGIC));
	nhi_wire_put_str(&blob, "none");	/* cipher */
	nhi_wire_put_str(&blob, "none");	/* from passphrase to key */
	nhi_wire_put_str(&blob, "");
	nhi_buf_u32(&blob, 1);			/* one key */
	nhi_wire_put(&blob, nhi_buf_all(&public));
	nhi_wire_put(&blob, nhi_buf_all(&section));
	if (blob.err != NHI_OK)
		return nhi_buf_check(&blob, why);
	put_armoured(nhi_buf_all(&blob), ret);
	return nhi_buf_check(ret, why);
}
