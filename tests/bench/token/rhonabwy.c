/* SPDX-License-Identifier: BSD-2-Clause */
/* rhonabwy (GnuTLS, nettle): rhonabwy DIR KIND. */
#include "config.h"

#include <rhonabwy.h>

#include "tests/bench/turn.h"

struct bench {
	char *jwks, *token;
};

static bool
check(jwt_t *jwt, jwk_t *key)
{
	return r_jwt_verify_signature(jwt, key, 0) == RHN_OK &&
	    r_jwt_validate_claims(jwt, R_JWT_CLAIM_ISS, TURN_ISS,
	    R_JWT_CLAIM_AUD, TURN_AUD, R_JWT_CLAIM_EXP, R_JWT_CLAIM_NOW,
	    R_JWT_CLAIM_NBF, R_JWT_CLAIM_NOW, R_JWT_CLAIM_NOP) == RHN_OK;
}

static bool
run(void *arg)
{
	const struct bench *b = arg;
	jwks_t *set = NULL;
	jwt_t *jwt = NULL;
	jwk_t *key = NULL;
	bool ok;

	ok = r_jwks_init(&set) == RHN_OK &&
	    r_jwks_import_from_json_str(set, b->jwks) == RHN_OK &&
	    r_jwt_init(&jwt) == RHN_OK &&
	    r_jwt_parse(jwt, b->token, 0) == RHN_OK &&
	    (key = r_jwks_get_by_kid(set,
	    r_jwt_get_header_str_value(jwt, "kid"))) != NULL &&
	    check(jwt, key);
	r_jwk_free(key);
	r_jwt_free(jwt);
	r_jwks_free(set);
	return ok;
}

int
main(int argc, char **argv)
{
	struct bench b;

	if (argc < 3 || r_global_init() != RHN_OK)
		return 2;
	b.jwks = turn_read(argv[1], "jwks.json");
	b.token = turn_read(argv[1], "token");
	return turn_serve(run, &b);
}
