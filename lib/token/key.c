/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/token/base64url.h"
#include "lib/token/ed25519.h"
#include "lib/token/key.h"

#define OCTETS_MAX	(NHI_KEY_RSA_MAX / 8 + 1)

/* The octets of a member: present, strict base64url, not empty. */
static enum nhi_err
read_octets(struct nhi_value jwk, const char *name, struct nhi_buf *ret,
    struct nhi_why *why)
{
	struct nhi_value v = nhi_json_member(jwk, name);
	struct nhi_span s = nhi_json_string(v);
	struct nhi_why inner;
	enum nhi_err err;

	if (s.n == 0)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: %s is empty or %s (RFC 7518 6)", name,
		    nhi_json_type_name(v.type));
	err = nhi_base64url_decode(s, ret, &inner);
	if (err != NHI_OK && err != NHI_ERR_NO_MEMORY)
		return nhi_fail(why, NHI_ERR_KEY_INVALID, "key: %s: %.120s",
		    name, inner.text);
	return err;
}

static bool
is_odd(struct nhi_span v)
{
	return v.n > 0 && (v.p[v.n - 1] & 1) != 0;
}

static size_t
bits(struct nhi_span v)
{
	size_t n = v.n * 8;

	for (unsigned int top = 0x80; v.n > 0 && top != 0 &&
	    ((unsigned char)v.p[0] & top) == 0; top >>= 1)
		n--;
	return n;
}

/*
 * n without leading zero octets; one is let pass, since Jenkins writes
 * Java's signed form against RFC 7518 6.3.1.1.
 */
static enum nhi_err
check_modulus(struct nhi_span *n, struct nhi_why *why)
{
	if (n->p[0] == '\0') {
		n->p++;
		n->n--;
	}
	if (n->n == 0 || n->p[0] == '\0' || !is_odd(*n) ||
	    bits(*n) > NHI_KEY_RSA_MAX)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: n is even, padded or over %d bits "
		    "(RFC 7518 6.3.1.1)", NHI_KEY_RSA_MAX);
	if (bits(*n) < NHI_KEY_RSA_MIN)
		return nhi_fail(why, NHI_ERR_KEY_WEAK,
		    "key: RSA of %zu bits, at least %d (RFC 7518 3.3)",
		    bits(*n), NHI_KEY_RSA_MIN);
	return NHI_OK;
}

static enum nhi_err
check_exponent(struct nhi_span e, struct nhi_why *why)
{
	uint64_t v = 0;

	if (e.n > NHI_KEY_E_MAX || e.p[0] == '\0' || !is_odd(e))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: e is even, padded or over %d octets "
		    "(RFC 7518 6.3.1.2)", NHI_KEY_E_MAX);
	for (size_t i = 0; i < e.n; i++)
		v = v << 8 | (unsigned char)e.p[i];
	if (v < NHI_KEY_E_MIN)
		return nhi_fail(why, NHI_ERR_KEY_WEAK,
		    "key: e is %u, at least %d (FIPS 186-5 A.1.1)",
		    (unsigned int)v, NHI_KEY_E_MIN);
	return NHI_OK;
}

enum nhi_err
nhi_key_rsa(struct nhi_value jwk, EVP_PKEY **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf nb = NHI_BUF(OCTETS_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf eb = NHI_BUF(OCTETS_MAX);
	struct nhi_span n, e;
	enum nhi_err err;

	if ((err = read_octets(jwk, "n", &nb, why)) != NHI_OK ||
	    (err = read_octets(jwk, "e", &eb, why)) != NHI_OK)
		return err;
	n = nhi_buf_all(&nb);
	e = nhi_buf_all(&eb);
	if ((err = check_modulus(&n, why)) != NHI_OK ||
	    (err = check_exponent(e, why)) != NHI_OK)
		return err;
	return nhi_pkey_rsa(n, e, ret, why);
}

enum nhi_err
nhi_key_ec(struct nhi_value jwk, enum nhi_curve c, EVP_PKEY **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf x = NHI_BUF(OCTETS_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf y = NHI_BUF(OCTETS_MAX);
	enum nhi_err err;

	if ((err = read_octets(jwk, "x", &x, why)) != NHI_OK ||
	    (err = read_octets(jwk, "y", &y, why)) != NHI_OK)
		return err;
	if (x.n != nhi_curve_size(c) || y.n != nhi_curve_size(c))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: coordinates of %zu and %zu octets, not %zu "
		    "(RFC 7518 6.2.1.2)", x.n, y.n, nhi_curve_size(c));
	return nhi_pkey_ec(c, nhi_buf_all(&x), nhi_buf_all(&y), ret, why);
}

enum nhi_err
nhi_key_ed25519(struct nhi_value jwk, EVP_PKEY **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf x = NHI_BUF(OCTETS_MAX);
	enum nhi_err err;

	if ((err = read_octets(jwk, "x", &x, why)) != NHI_OK ||
	    (err = nhi_ed25519_check(nhi_buf_all(&x), why)) != NHI_OK)
		return err;
	return nhi_pkey_ed25519(nhi_buf_all(&x), ret, why);
}
