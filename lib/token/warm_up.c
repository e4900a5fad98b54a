/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One check of a signature for each algorithm, each of which must end in
 * "does not verify", and not earlier.  Keys: a number that looks like an RSA
 * modulus, and the base points of the curves.
 */
#include "config.h"

#include <openssl/crypto.h>
#include <string.h>

#include "lib/base/rules.h"
#include "lib/token/jwks.h"
#include "lib/token/key.h"
#include "lib/token/pkey.h"
#include "lib/token/signature.h"
#include "lib/token/warm_up.h"

#define Q31	"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
#define Q341	Q31 Q31 Q31 Q31 Q31 Q31 Q31 Q31 Q31 Q31 Q31

static const char keys[] =
    "{\"keys\":["
    "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" Q341 "w\"},"
    "{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
    "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"},"
    "{\"kty\":\"EC\",\"crv\":\"P-384\","
    "\"x\":\"qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhV"
    "AvJdv1UpbDpUXjhydgq3\","
    "\"y\":\"NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAK"
    "YLHOHX6BnXpDHXyQ6g5f\"},"
    "{\"kty\":\"EC\",\"crv\":\"P-521\","
    "\"x\":\"AMaFjga3BATpzZ4-y2YjlbRCnGSBOQU_tSH4KK9ga009"
    "uqFLXnfv51ko_h3BJ6L_qN4zSLPBhWpCm_l-fjHC5b1m\","
    "\"y\":\"ARg5KWp4mjvABFyKX7QsfRvZmPVESVebRGgXr70XJz5m"
    "LJfucple9CZAxVC5AT-tB2E1PHCGonLCQIi-lHaf0WZQ\"},"
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
    "\"x\":\"WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY\"}"
    "]}";

/* Octets of a signature: of the key above for RSA, of any key for others. */
static size_t
size_of(uint32_t alg)
{
	switch (alg) {
	case NHI_ALG_ES256:
		return 2 * nhi_curve_size(NHI_CURVE_P256);
	case NHI_ALG_ES384:
		return 2 * nhi_curve_size(NHI_CURVE_P384);
	case NHI_ALG_ES512:
		return 2 * nhi_curve_size(NHI_CURVE_P521);
	case NHI_ALG_EDDSA:
		return 64;
	default:
		return NHI_KEY_RSA_MIN / 8;
	}
}

static enum nhi_err
try(struct nhi_value set, uint32_t alg, struct nhi_why *why)
{
	NHI_AUTO(nhi_pkey_freep) EVP_PKEY *key = NULL;
	char octets[NHI_KEY_RSA_MIN / 8];
	struct nhi_span sig = { octets, size_of(alg) };
	struct nhi_signed in;
	enum nhi_err err;

	/* As a number below every modulus and every order. */
	memset(octets, 1, sizeof(octets));
	if ((err = nhi_jwks_find(set, (struct nhi_span){ NULL, 0 }, alg, &key,
	    why)) != NHI_OK ||
	    (err = nhi_signed_make(NHI_SPAN("input"), &in, why)) != NHI_OK)
		return err;
	err = nhi_signature_check(key, alg, &in, sig, why);
	if (err != NHI_ERR_SIGNATURE)
		return nhi_fail(why, NHI_ERR_INTERNAL, "warm-up of %s: %s",
		    nhi_alg_name(alg), nhi_err_slug(err));
	return NHI_OK;
}

enum nhi_err
nhi_token_warm_up(uint32_t algs, struct nhi_why *why)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value set = { 0 };
	enum nhi_err err;

	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return nhi_fail(why, NHI_ERR_INTERNAL, "libcrypto");
	if ((err = nhi_jwks_parse(NHI_SPAN(keys), &set, why)) != NHI_OK)
		return err;
	for (uint32_t alg = 1; alg <= NHI_ALG_ALL; alg <<= 1)
		if ((algs & alg) != 0 && (err = try(set, alg, why)) != NHI_OK)
			return err;
	return NHI_OK;
}
