/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The least that any verifier does, with OpenSSL 3 alone: bare DIR KIND [d2i |
 * prebuilt].  The numbers of the key, already octets, are made into a key (by
 * EVP_PKEY_fromdata; from DER with "d2i"; beforehand with "prebuilt") and the
 * signature, already octets and in DER, is verified.  Nothing is parsed.
 */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "tests/bench/turn.h"

#define SMALL	32

struct bench {
	const char *kind;		/* rs256, es256, eddsa */
	bool d2i;
	EVP_PKEY *key;			/* of DIR/public.pem */
	EVP_PKEY *kept;			/* NULL: made each time */
	unsigned char n[512], e[8], point[133], raw[SMALL], der[600], sig[600];
	size_t n_len, e_len, point_len, raw_len, sig_len;
	long der_len;
	char *input;
	size_t input_len;
};

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
make_rsa(struct bench *b)
{
	BIGNUM *n = BN_bin2bn(b->n, (int)b->n_len, NULL);
	BIGNUM *e = BN_bin2bn(b->e, (int)b->e_len, NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params;
	EVP_PKEY *key;

	(void)OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n);
	(void)OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e);
	params = OSSL_PARAM_BLD_to_param(bld);
	key = from_params("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	BN_free(e);
	return key;
}

static EVP_PKEY *
make_ec(struct bench *b)
{
	char curve[] = "prime256v1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    curve, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    b->point, b->point_len),
		OSSL_PARAM_construct_end(),
	};

	return from_params("EC", params);
}

static EVP_PKEY *
make(struct bench *b)
{
	const unsigned char *der = b->der;

	if (b->d2i)
		return d2i_PUBKEY(NULL, &der, b->der_len);
	if (strcmp(b->kind, "rs256") == 0)
		return make_rsa(b);
	if (strcmp(b->kind, "es256") == 0)
		return make_ec(b);
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, b->raw,
	    b->raw_len);
}

static bool
run(void *arg)
{
	struct bench *b = arg;
	EVP_PKEY *key = b->kept != NULL ? b->kept : make(b);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *md = strcmp(b->kind, "eddsa") == 0 ? NULL : EVP_sha256();
	bool ok = EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, b->sig, b->sig_len,
	    (const unsigned char *)b->input, b->input_len) == 1;

	EVP_MD_CTX_free(ctx);
	if (b->kept == NULL)
		EVP_PKEY_free(key);
	return ok;
}

/* base64url of the last part of the token; returns its octets. */
static size_t
decode(const char *text, unsigned char *out)
{
	char buf[1024];
	size_t n = strlen(text), pad = (4 - n % 4) % 4;

	memcpy(buf, text, n);
	memset(buf + n, '=', pad);
	for (size_t i = 0; i < n; i++)
		buf[i] = buf[i] == '-' ? '+' : buf[i] == '_' ? '/' : buf[i];
	return (size_t)EVP_DecodeBlock(out, (unsigned char *)buf,
	    (int)(n + pad)) - pad;
}

static void
read_signature(struct bench *b)
{
	unsigned char raw[600], *p = b->sig;
	char *dot = strrchr(b->input, '.');
	size_t n = decode(dot + 1, raw);
	ECDSA_SIG *sig = ECDSA_SIG_new();

	*dot = '\0';
	b->input_len = strlen(b->input);
	memcpy(b->sig, raw, n);
	b->sig_len = n;
	if (strcmp(b->kind, "es256") == 0) {
		(void)ECDSA_SIG_set0(sig, BN_bin2bn(raw, 32, NULL),
		    BN_bin2bn(raw + 32, 32, NULL));
		b->sig_len = (size_t)i2d_ECDSA_SIG(sig, &p);
	}
	ECDSA_SIG_free(sig);
}

static void
read_numbers(struct bench *b)
{
	unsigned char *p = b->der;
	BIGNUM *n = NULL, *e = NULL;

	b->der_len = i2d_PUBKEY(b->key, &p);
	if (strcmp(b->kind, "rs256") == 0) {
		(void)EVP_PKEY_get_bn_param(b->key, OSSL_PKEY_PARAM_RSA_N, &n);
		(void)EVP_PKEY_get_bn_param(b->key, OSSL_PKEY_PARAM_RSA_E, &e);
		b->n_len = (size_t)BN_bn2bin(n, b->n);
		b->e_len = (size_t)BN_bn2bin(e, b->e);
	} else if (strcmp(b->kind, "es256") == 0) {
		(void)EVP_PKEY_get_octet_string_param(b->key,
		    OSSL_PKEY_PARAM_PUB_KEY, b->point, sizeof(b->point),
		    &b->point_len);
	} else {
		b->raw_len = sizeof(b->raw);
		(void)EVP_PKEY_get_raw_public_key(b->key, b->raw, &b->raw_len);
	}
	BN_free(n);
	BN_free(e);
}

int
main(int argc, char **argv)
{
	static struct bench b;
	BIO *pem;

	if (argc < 3)
		return 2;
	b.kind = argv[2];
	b.d2i = argc > 3 && strcmp(argv[3], "d2i") == 0;
	b.input = turn_read(argv[1], "token");
	pem = BIO_new_mem_buf(turn_read(argv[1], "public.pem"), -1);
	b.key = PEM_read_bio_PUBKEY(pem, NULL, NULL, NULL);
	if (b.key == NULL)
		return 2;
	read_signature(&b);
	read_numbers(&b);
	if (argc > 3 && strcmp(argv[3], "prebuilt") == 0)
		b.kept = b.key;
	return turn_serve(run, &b);
}
