/* SPDX-License-Identifier: BSD-2-Clause */
/* The audience: is the token for this host, and for which key? */
#include "config.h"

#include <string.h>

#include "lib/base/rules.h"
#include "lib/token/claims.h"
#include "lib/token/quote.h"

/* A string counts as an array of one. */
static size_t
count(struct nhi_value aud)
{
	return aud.type == NHI_JSON_STRING ? 1 : nhi_json_count(aud);
}

static struct nhi_span
element(struct nhi_value aud, size_t i)
{
	return nhi_json_string(aud.type == NHI_JSON_STRING ? aud :
	    nhi_json_at(aud, i));
}

static bool
fits(struct nhi_span aud, const char *want, const char *fingerprint)
{
	size_t n = strlen(want);
	struct nhi_span rest;

	if (nhi_span_is(aud, want))
		return true;
	if (fingerprint == NULL || aud.n <= n || aud.p[n] != '#' ||
	    memcmp(aud.p, want, n) != 0)
		return false;
	rest = (struct nhi_span){ aud.p + n + 1, aud.n - n - 1 };
	return nhi_span_is(rest, fingerprint);
}

/* This host's, for another key. */
static bool
is_bound(struct nhi_span aud, const char *want)
{
	static const char mark[] = "#SHA256:";
	size_t n = strlen(want), k = sizeof(mark) - 1;

	return aud.n > n + k && memcmp(aud.p, want, n) == 0 &&
	    memcmp(aud.p + n, mark, k) == 0;
}

enum nhi_err
nhi_claims_check_audience(const struct nhi_claims *c,
    const struct nhi_issuer *issuer, const char *fingerprint,
    struct nhi_why *why)
{
	const struct nhi_list *want = &issuer->audience;
	bool bound = false;

	if (c->aud.type == NHI_JSON_NONE)
		return nhi_fail(why, NHI_ERR_CLAIM_MISSING,
		    "there is no aud (RFC 7519 4.1.3)");
	if (count(c->aud) == 0)
		return nhi_fail(why, NHI_ERR_AUDIENCE,
		    "aud is an empty array (RFC 7519 4.1.3)");
	for (size_t i = 0; i < count(c->aud); i++)
		for (size_t k = 0; k < want->n; k++)
			if (fits(element(c->aud, i), want->p[k], fingerprint))
				return NHI_OK;
	for (size_t i = 0; i < count(c->aud); i++)
		for (size_t k = 0; k < want->n; k++)
			bound |= is_bound(element(c->aud, i), want->p[k]);
	if (bound)
		return nhi_fail(why, NHI_ERR_BINDING, fingerprint == NULL ?
		    "the audience is bound to an SSH key, and there is none "
		    "here (RFC 7800 3)" :
		    "the audience is bound to another SSH key (RFC 7800 3)");
	return nhi_fail(why, NHI_ERR_AUDIENCE,
	    "none of %zu audiences is this host's, the first is %s "
	    "(RFC 7519 4.1.3)", count(c->aud), NHI_QUOTE(element(c->aud, 0)));
}

static bool
holds(struct nhi_span aud, const char *fingerprint)
{
	return aud.p != NULL && fingerprint != NULL &&
	    memmem(aud.p, aud.n, fingerprint, strlen(fingerprint)) != NULL;
}

enum nhi_err
nhi_claims_check_binding(const struct nhi_claims *c,
    const struct nhi_issuer *issuer, const char *fingerprint,
    struct nhi_why *why)
{
	if (!issuer->bind_key)
		return NHI_OK;
	if (fingerprint == NULL)
		return nhi_fail(why, NHI_ERR_BINDING,
		    "the issuer's tokens are bound to keys, and there is no "
		    "SSH key here (RFC 7800 3)");
	for (size_t i = 0; i < count(c->aud); i++)
		if (holds(element(c->aud, i), fingerprint))
			return NHI_OK;
	return nhi_fail(why, NHI_ERR_BINDING,
	    "no audience holds the SSH key's %s (RFC 7800 3)",
	    NHI_QUOTE(nhi_span_str(fingerprint)));
}

enum nhi_err
nhi_claims_check_sealed(const struct nhi_claims *c, const char *fingerprint,
    struct nhi_why *why)
{
	for (size_t i = 0; i < count(c->aud); i++)
		if (!holds(element(c->aud, i), fingerprint))
			return nhi_fail(why, NHI_ERR_BINDING, "audience %s "
			    "does not hold the SSH key: a bearer token there",
			    NHI_QUOTE(element(c->aud, i)));
	return NHI_OK;
}
