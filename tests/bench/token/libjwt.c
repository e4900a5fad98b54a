/* SPDX-License-Identifier: BSD-2-Clause */
/* libjwt 1, which knows no key set: its key is PEM.  libjwt DIR KIND. */
#include "config.h"

#include <jwt.h>
#include <string.h>
#include <time.h>

#include "tests/bench/turn.h"

struct bench {
	char *pem, *token;
};

static bool
is(jwt_t *jwt, const char *name, const char *value)
{
	const char *s = jwt_get_grant(jwt, name);

	return s != NULL && strcmp(s, value) == 0;
}

static bool
run(void *arg)
{
	const struct bench *b = arg;
	jwt_t *jwt = NULL;
	long now = (long)time(NULL);
	bool ok = jwt_decode(&jwt, b->token, (unsigned char *)b->pem,
	    (int)strlen(b->pem)) == 0 && is(jwt, "iss", TURN_ISS) &&
	    is(jwt, "aud", TURN_AUD) && jwt_get_grant_int(jwt, "exp") > now &&
	    jwt_get_grant_int(jwt, "nbf") <= now;

	jwt_free(jwt);
	return ok;
}

int
main(int argc, char **argv)
{
	struct bench b;

	if (argc < 3)
		return 2;
	b.pem = turn_read(argv[1], "public.pem");
	b.token = turn_read(argv[1], "token");
	return turn_serve(run, &b);
}
