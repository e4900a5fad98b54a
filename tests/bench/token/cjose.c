/* SPDX-License-Identifier: BSD-2-Clause */
/* cjose with jansson: cjose DIR KIND. */
#include "config.h"

#include <cjose/cjose.h>
#include <jansson.h>
#include <string.h>

#include "tests/bench/token/jansson.h"
#include "tests/bench/turn.h"

struct bench {
	char *jwks, *token;
};

static bool
check(cjose_jws_t *jws, cjose_jwk_t *key)
{
	uint8_t *text = NULL;
	size_t n = 0;
	json_t *claims;
	bool ok;

	if (jws == NULL || key == NULL || !cjose_jws_verify(jws, key, NULL) ||
	    !cjose_jws_get_plaintext(jws, &text, &n, NULL))
		return false;
	claims = json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES,
	    NULL);
	ok = jansson_claims(claims);
	json_decref(claims);
	return ok;
}

static bool
run(void *arg)
{
	const struct bench *b = arg;
	json_t *set = json_loads(b->jwks, JSON_REJECT_DUPLICATES, NULL);
	cjose_jws_t *jws = cjose_jws_import(b->token, strlen(b->token), NULL);
	const char *kid = cjose_header_get(cjose_jws_get_protected(jws),
	    CJOSE_HDR_KID, NULL);
	cjose_jwk_t *key = cjose_jwk_import_json(
	    (cjose_header_t *)jansson_key(set, kid), NULL);
	bool ok = check(jws, key);

	cjose_jwk_release(key);
	cjose_jws_release(jws);
	json_decref(set);
	return ok;
}

int
main(int argc, char **argv)
{
	struct bench b;

	if (argc < 3)
		return 2;
	b.jwks = turn_read(argv[1], "jwks.json");
	b.token = turn_read(argv[1], "token");
	return turn_serve(run, &b);
}
