/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "tests/bench/token/jansson.h"
#include "tests/bench/turn.h"

static bool
is(const json_t *o, const char *name, const char *value)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL && strcmp(s, value) == 0;
}

json_t *
jansson_key(json_t *set, const char *kid)
{
	json_t *keys = json_object_get(set, "keys"), *key;
	size_t i;

	json_array_foreach(keys, i, key)
		if (is(key, "kid", kid))
			return key;
	return NULL;
}

bool
jansson_claims(const json_t *claims)
{
	json_int_t now = (json_int_t)time(NULL);

	return is(claims, "iss", TURN_ISS) && is(claims, "aud", TURN_AUD) &&
	    json_integer_value(json_object_get(claims, "exp")) > now &&
	    json_integer_value(json_object_get(claims, "nbf")) <= now;
}
