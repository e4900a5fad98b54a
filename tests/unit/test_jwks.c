/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/rules.h"
#include "lib/token/base64url.h"
#include "lib/token/jwks.h"
#include "lib/token/pkey.h"

/* RFC 7517 A.1; the RSA key is also that of RFC 7638 3.1. */
static const char rfc7517[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
    "\"use\":\"enc\",\"kid\":\"1\"},"
    "{\"kty\":\"RSA\",\"n\":\""
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtV"
    "T86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t"
    "Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q"
    "vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
    "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
    "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    "\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}]}";

static const struct {
	const char *kid;		/* NULL: none */
	uint32_t alg;
	enum nhi_err err;
} cases[] = {
	{ "2011-04-29", NHI_ALG_RS256, NHI_OK },
	{ NULL, NHI_ALG_RS256, NHI_OK },
	{ "2011-04-29", NHI_ALG_RS512, NHI_ERR_ALG_KEY_MISMATCH },
	{ "2011-04-29", NHI_ALG_PS256, NHI_ERR_ALG_KEY_MISMATCH },
	{ "2011-04-29", NHI_ALG_ES256, NHI_ERR_ALG_KEY_MISMATCH },
	{ "1", NHI_ALG_ES256, NHI_ERR_KEY_USE },
	{ NULL, NHI_ALG_ES256, NHI_ERR_KEY_USE },
	{ "2", NHI_ALG_RS256, NHI_ERR_KID_UNKNOWN },
	{ "", NHI_ALG_RS256, NHI_ERR_KID_UNKNOWN },
	/* End of the cases */
};

/* Single keys of the standards, and what each is good for. */
static const struct {
	const char *name;
	uint32_t alg;
	enum nhi_err err;
	const char *jwk;
	const char *thumbprint;		/* RFC 7638, or NULL */
	const char *hashed;		/* what it is of */
} singles[] = {
	{
	    "RFC 7517 A.2: the private part", NHI_ALG_ES256,
	    NHI_ERR_KEY_USE,
	    "{\"kty\":\"EC\",\"crv\":\"P-256\","
	    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
	    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
	    "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\","
	    "\"use\":\"enc\",\"kid\":\"1\"}", NULL, NULL,
	},
	{
	    "RFC 7517 A.2: the private part, without its use", NHI_ALG_ES256,
	    NHI_ERR_KEY_INVALID,
	    "{\"kty\":\"EC\",\"crv\":\"P-256\","
	    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
	    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
	    "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\","
	    "\"kid\":\"1\"}", NULL, NULL,
	},
	{
	    "RFC 7517 A.3: a symmetric key", NHI_ALG_RS256,
	    NHI_ERR_ALG_KEY_MISMATCH,
	    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-Est"
	    "JQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\","
	    "\"kid\":\"HMAC key used in JWS spec Appendix A.1 example\"}",
	    NULL, NULL,
	},
	{
	    "RFC 8037 A.1: the private part", NHI_ALG_EDDSA,
	    NHI_ERR_KEY_INVALID,
	    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
	    "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
	    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
	    NULL, NULL,
	},
	{
	    "RFC 8037 A.2 and A.3", NHI_ALG_EDDSA, NHI_OK,
	    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
	    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
	    "\"kid\":\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\"}",
	    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
	    "{\"crv\":\"Ed25519\",\"kty\":\"OKP\","
	    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
	},
	{
	    "RFC 8037 A.6: a key for ECDH", NHI_ALG_EDDSA,
	    NHI_ERR_ALG_KEY_MISMATCH,
	    "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"Bob\","
	    "\"x\":\"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08\"}",
	    NULL, NULL,
	},
	{
	    "no curve", NHI_ALG_ES256, NHI_ERR_KEY_INVALID,
	    "{\"kty\":\"EC\",\"kid\":\"1\","
	    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
	    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}",
	    NULL, NULL,
	},
	/* End of the single keys */
};

/* The platforms that name a key by its thumbprint publish that very key. */
static void
check_thumbprint(const char *hashed, const char *wanted)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(64);
	uint8_t digest[32];

	assert_int_equal(EVP_Digest(hashed, strlen(hashed), digest, NULL,
	    EVP_sha256(), NULL), 1);
	nhi_base64url_put(&text, (struct nhi_span){ (char *)digest, 32 });
	assert_string_equal(nhi_buf_text(&text), wanted);
}

static void
test_singles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		NHI_AUTO(nhi_json_wipe) struct nhi_value set = { 0 };
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(4096);
		NHI_AUTO(nhi_pkey_freep) EVP_PKEY *key = NULL;
		struct nhi_why why;
		enum nhi_err err;

		nhi_buf_printf(&text, "{\"keys\":[%s]}", singles[i].jwk);
		assert_int_equal(nhi_jwks_parse(nhi_buf_all(&text), &set,
		    &why), NHI_OK);
		err = nhi_jwks_find(set, nhi_span_str(singles[i].thumbprint),
		    singles[i].alg, &key, &why);
		if (err != singles[i].err)
			fail_msg("%s: %s", singles[i].name,
			    nhi_err_slug(err));
		if (singles[i].thumbprint != NULL)
			check_thumbprint(singles[i].hashed,
			    singles[i].thumbprint);
	}
}

static void
test_rfc7517(void **state)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value set = { 0 };
	struct nhi_why why;

	(void)state;
	assert_int_equal(nhi_jwks_parse(NHI_SPAN(rfc7517), &set, &why),
	    NHI_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_pkey_freep) EVP_PKEY *key = NULL;
		enum nhi_err err = nhi_jwks_find(set,
		    nhi_span_str(cases[i].kid), cases[i].alg, &key, &why);

		assert_string_equal(nhi_err_slug(err),
		    nhi_err_slug(cases[i].err));
		assert_int_equal(key != NULL, err == NHI_OK);
		if (key != NULL)
			assert_int_equal(EVP_PKEY_bits(key), 2048);
	}
}

/* A set that is wrong names its fault and the code of the whole. */
static void
test_wrong(void **state)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value set = { 0 };
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_jwks_parse(NHI_SPAN("{\"keys\":[],\"keys\":1}"),
	    &set, &why), NHI_ERR_JWKS);
	assert_non_null(strstr(why.text, "json-duplicate"));
	assert_int_equal(nhi_jwks_parse(NHI_SPAN(""), &set, &why),
	    NHI_ERR_JWKS);
	assert_null(set.o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc7517),
		cmocka_unit_test(test_singles),
		cmocka_unit_test(test_wrong),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
