/* SPDX-License-Identifier: BSD-2-Clause */
/* latchset jose: jose DIR KIND. */
#include "config.h"

#include <jansson.h>
#include <jose/b64.h>
#include <jose/jws.h>
#include <string.h>

#include "tests/bench/token/jansson.h"
#include "tests/bench/turn.h"

struct bench {
	char *jwks, *token;
};

/* The compact form as the JSON that the library takes. */
static json_t *
flatten(const char *token)
{
	const char *dot = strchr(token, '.'), *last = strrchr(token, '.');

	return json_pack("{s:s%,s:s%,s:s}",
	    "protected", token, (size_t)(dot - token),
	    "payload", dot + 1, (size_t)(last - dot - 1),
	    "signature", last + 1);
}

static bool
run(void *arg)
{
	const struct bench *b = arg;
	json_t *set = json_loads(b->jwks, JSON_REJECT_DUPLICATES, NULL);
	json_t *jws = flatten(b->token), *head = jose_jws_hdr(jws);
	json_t *claims = jose_b64_dec_load(json_object_get(jws, "payload"));
	json_t *key = jansson_key(set,
	    json_string_value(json_object_get(head, "kid")));
	bool ok = jose_jws_ver(NULL, jws, NULL, key, false) &&
	    jansson_claims(claims);

	json_decref(claims);
	json_decref(head);
	json_decref(jws);
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
