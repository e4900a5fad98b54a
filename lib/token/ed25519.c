/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -x^2 + y^2 = 1 + d x^2 y^2 modulo p = 2^255 - 19 (RFC 8032 5.1), so
 * x^2 = (y^2 - 1) / (d y^2 + 1): y is on the curve when that is a square,
 * and the quotient of two numbers is one exactly when their product is.
 */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <string.h>

#include "lib/token/ed25519.h"

#define SIZE	32

/* Big-endian, as BN_bin2bn reads. */
static const uint8_t prime[SIZE] = {
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xed,
};
static const uint8_t coefficient_d[SIZE] = {
	0x52, 0x03, 0x6c, 0xee, 0x2b, 0x6f, 0xfe, 0x73,
	0x8c, 0xc7, 0x40, 0x79, 0x77, 0x79, 0xe8, 0x98,
	0x00, 0x70, 0x0a, 0x4d, 0x41, 0x41, 0xd8, 0xab,
	0x75, 0xeb, 0x4d, 0xca, 0x13, 0x59, 0x78, 0xa3,
};

/* y of the points of order 1, 2, 4, 8, 8; big-endian, below p. */
static const uint8_t small_order[][SIZE] = {
	{ [SIZE - 1] = 0x01 },
	{
		0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xec,
	},
	{ 0x00 },
	{
		0x05, 0xfc, 0x53, 0x6d, 0x88, 0x02, 0x38, 0xb1,
		0x39, 0x33, 0xc6, 0xd3, 0x05, 0xac, 0xdf, 0xd5,
		0xf0, 0x98, 0xef, 0xf2, 0x89, 0xf4, 0xc3, 0x45,
		0xb0, 0x27, 0xb2, 0xc2, 0x8f, 0x95, 0xe8, 0x26,
	},
	{
		0x7a, 0x03, 0xac, 0x92, 0x77, 0xfd, 0xc7, 0x4e,
		0xc6, 0xcc, 0x39, 0x2c, 0xfa, 0x53, 0x20, 0x2a,
		0x0f, 0x67, 0x10, 0x0d, 0x76, 0x0b, 0x3c, 0xba,
		0x4f, 0xd8, 0x4d, 0x3d, 0x70, 0x6a, 0x17, 0xc7,
	},
	/* End of small_order */
};

static bool
is_small(const uint8_t y[static SIZE])
{
	for (size_t i = 0; i < sizeof(small_order) / SIZE; i++)
		if (memcmp(y, small_order[i], SIZE) == 0)
			return true;
	return false;
}

static void
free_ctx(BN_CTX **ctx)
{
	if (*ctx != NULL)
		BN_CTX_end(*ctx);
	BN_CTX_free(*ctx);
}

/* 1 on the curve, 0 not, -1 out of memory. */
static int
on_curve(const uint8_t octets[static SIZE])
{
	NHI_AUTO(free_ctx) BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p, *d, *y2, *num, *den;
	int k;

	if (ctx == NULL)
		return -1;
	BN_CTX_start(ctx);
	p = BN_CTX_get(ctx);
	d = BN_CTX_get(ctx);
	y2 = BN_CTX_get(ctx);
	num = BN_CTX_get(ctx);
	den = BN_CTX_get(ctx);
	if (den == NULL || BN_bin2bn(prime, SIZE, p) == NULL ||
	    BN_bin2bn(coefficient_d, SIZE, d) == NULL ||
	    BN_bin2bn(octets, SIZE, y2) == NULL ||
	    BN_mod_sqr(y2, y2, p, ctx) == 0 ||
	    BN_mod_sub(num, y2, BN_value_one(), p, ctx) == 0 ||
	    BN_mod_mul(den, y2, d, p, ctx) == 0 ||
	    BN_mod_add(den, den, BN_value_one(), p, ctx) == 0 ||
	    BN_mod_mul(num, num, den, p, ctx) == 0 ||
	    (k = BN_kronecker(num, p, ctx)) == -2)
		return -1;
	return k == 1;
}

enum nhi_err
nhi_ed25519_check(struct nhi_span key, struct nhi_why *why)
{
	uint8_t y[SIZE];
	int on;

	if (key.n != SIZE)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: x of %zu octets, not %d (RFC 8032 5.1.5)", key.n,
		    SIZE);
	for (size_t i = 0; i < SIZE; i++)
		y[i] = (uint8_t)key.p[SIZE - 1 - i];
	y[0] &= 0x7f;			/* the sign of x */
	if (memcmp(y, prime, SIZE) >= 0)
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: y is not below p (RFC 8032 5.1.3)");
	if (is_small(y))
		return nhi_fail(why, NHI_ERR_KEY_INVALID,
		    "key: a point of small order (RFC 8032 8.4)");
	on = on_curve(y);
	ERR_clear_error();
	if (on < 0)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "Ed25519 key");
	return on > 0 ? NHI_OK : nhi_fail(why, NHI_ERR_KEY_INVALID,
	    "key: not a point of the curve (RFC 8032 5.1.3)");
}
