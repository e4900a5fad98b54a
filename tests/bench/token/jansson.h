/* SPDX-License-Identifier: BSD-2-Clause */
/* What libraries that stop at the signature leave to whoever uses them. */
#ifndef NHI_BENCH_JANSSON_H
#define NHI_BENCH_JANSSON_H

#include <stdbool.h>

struct json_t;

/* The key of the set with this kid, or NULL; borrowed. */
struct json_t	*jansson_key(struct json_t *set, const char *kid);

/* Issuer, audience and times. */
bool		 jansson_claims(const struct json_t *claims);

#endif
