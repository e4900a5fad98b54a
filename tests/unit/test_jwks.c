/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/rules.h"
#include "lib/token/jwks.h"
#include "lib/token/spki.h"

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
		cmocka_unit_test(test_wrong),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
