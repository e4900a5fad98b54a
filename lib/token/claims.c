/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/rules.h"
#include "lib/token/claims.h"
#include "lib/token/quote.h"

#define SPIFFE	"spiffe://"

static enum nhi_err
wrong_type(const char *name, struct nhi_value v, const char *section,
    struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_CLAIM_TYPE, "%s is %s (RFC 7519 %s)",
	    name, nhi_json_type_name(v.type), section);
}

static enum nhi_err
missing(const char *name, const char *section, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_CLAIM_MISSING,
	    "there is no %s (RFC 7519 %s)", name, section);
}

static enum nhi_err
read_string(struct nhi_value all, const char *name, const char *section,
    struct nhi_span *ret, struct nhi_why *why)
{
	struct nhi_value v = nhi_json_member(all, name);

	if (v.type != NHI_JSON_NONE && v.type != NHI_JSON_STRING)
		return wrong_type(name, v, section, why);
	*ret = nhi_json_string(v);
	return NHI_OK;
}

static enum nhi_err
read_time(struct nhi_value all, const char *name, const char *section,
    struct nhi_date *ret, struct nhi_why *why)
{
	struct nhi_value v = nhi_json_member(all, name);
	struct nhi_span s = nhi_json_number(v);

	if (v.type == NHI_JSON_NONE) {
		ret->down = ret->up = NHI_CLAIMS_NO_TIME;
		return NHI_OK;
	}
	if (v.type != NHI_JSON_INTEGER && v.type != NHI_JSON_NUMBER)
		return wrong_type(name, v, section, why);
	if (s.p == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "%s", name);
	if (!nhi_date_parse(s, ret))
		return nhi_fail(why, NHI_ERR_CLAIM_TYPE,
		    "%s is %s, which is no time (RFC 7519 %s)", name,
		    NHI_QUOTE(s), section);
	return NHI_OK;
}

static enum nhi_err
read_audience(struct nhi_value all, struct nhi_value *ret,
    struct nhi_why *why)
{
	struct nhi_value v = nhi_json_member(all, "aud");

	if (v.type != NHI_JSON_NONE && v.type != NHI_JSON_STRING &&
	    v.type != NHI_JSON_ARRAY)
		return wrong_type("aud", v, "4.1.3", why);
	for (size_t i = 0; i < nhi_json_count(v); i++)
		if (nhi_json_at(v, i).type != NHI_JSON_STRING)
			return wrong_type("an element of aud",
			    nhi_json_at(v, i), "4.1.3", why);
	*ret = v;
	return NHI_OK;
}

enum nhi_err
nhi_claims_read(struct nhi_span payload, struct nhi_claims *c,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_json_parse(payload, &c->all, why)) != NHI_OK ||
	    (err = read_string(c->all, "iss", "4.1.1", &c->iss,
	    why)) != NHI_OK ||
	    (err = read_string(c->all, "sub", "4.1.2", &c->sub,
	    why)) != NHI_OK ||
	    (err = read_audience(c->all, &c->aud, why)) != NHI_OK ||
	    (err = read_time(c->all, "exp", "4.1.4", &c->exp,
	    why)) != NHI_OK ||
	    (err = read_time(c->all, "nbf", "4.1.5", &c->nbf,
	    why)) != NHI_OK ||
	    (err = read_time(c->all, "iat", "4.1.6", &c->iat,
	    why)) != NHI_OK ||
	    (err = read_string(c->all, "jti", "4.1.7", &c->jti,
	    why)) != NHI_OK)
		return err;
	return c->exp.down == NHI_CLAIMS_NO_TIME ? missing("exp", "4.1.4", why) :
	    NHI_OK;
}

static bool
is_below(struct nhi_span sub, const char *domain)
{
	size_t n = strlen(domain);

	return sub.p != NULL && sub.n > n + 1 &&
	    memcmp(sub.p, domain, n) == 0 && sub.p[n] == '/';
}

/* JWT-SVID 3.1: the trust domain is that of the bundle. */
static enum nhi_err
check_domain(const struct nhi_claims *c, const char *url, struct nhi_why *why)
{
	if (strncmp(url, SPIFFE, strlen(SPIFFE)) != 0)
		return NHI_OK;
	if (c->sub.p == NULL)
		return missing("sub", "4.1.2; JWT-SVID 3.1", why);
	if (!is_below(c->sub, url))
		return nhi_fail(why, NHI_ERR_ISSUER,
		    "sub is %s, of another trust domain (JWT-SVID 3.1)",
		    NHI_QUOTE(c->sub));
	return NHI_OK;
}

enum nhi_err
nhi_claims_check_issuer(const struct nhi_claims *c,
    const struct nhi_issuer *issuer, struct nhi_why *why)
{
	if (c->iss.p == NULL)
		return issuer->need_iss ? missing("iss", "4.1.1", why) :
		    check_domain(c, issuer->url, why);
	if (!nhi_span_is(c->iss, issuer->url))
		return nhi_fail(why, NHI_ERR_ISSUER,
		    "iss is %s (RFC 7519 4.1.1, RFC 8725 3.8)",
		    NHI_QUOTE(c->iss));
	return NHI_OK;
}

static enum nhi_err
check_validity(const struct nhi_claims *c, int64_t now, int64_t skew,
    struct nhi_why *why)
{
	int64_t exp = c->exp.down, nbf = c->nbf.up, iat = c->iat.up;

	if (exp <= now - skew)
		return nhi_fail(why, NHI_ERR_EXPIRED,
		    "exp %" PRId64 " was %" PRId64 " s ago (RFC 7519 4.1.4)",
		    exp, now - exp);
	if (nbf > now + skew)
		return nhi_fail(why, NHI_ERR_NOT_YET_VALID,
		    "nbf %" PRId64 " is in %" PRId64 " s (RFC 7519 4.1.5)",
		    nbf, nbf - now);
	if (iat > now + skew)
		return nhi_fail(why, NHI_ERR_ISSUED_IN_FUTURE,
		    "iat %" PRId64 " is in %" PRId64 " s (RFC 7519 4.1.6)",
		    iat, iat - now);
	return NHI_OK;
}

static enum nhi_err
check_age(const struct nhi_claims *c, const struct nhi_issuer *issuer,
    int64_t now, struct nhi_why *why)
{
	int64_t iat = c->iat.down;

	if (iat == NHI_CLAIMS_NO_TIME)
		return !issuer->need_iat && issuer->max_age == 0 &&
		    issuer->floor == 0 ? NHI_OK :
		    missing("iat", "4.1.6", why);
	if (issuer->max_age > 0 && now - iat > issuer->max_age)
		return nhi_fail(why, NHI_ERR_TOO_OLD,
		    "iat %" PRId64 " was %" PRId64 " s ago, at most %" PRId64
		    " (RFC 7519 4.1.6)", iat, now - iat,
		    issuer->max_age);
	if (iat < issuer->floor)
		return nhi_fail(why, NHI_ERR_TOO_OLD,
		    "iat %" PRId64 " is before the policy's floor %" PRId64
		    " (RFC 7519 4.1.6)", iat, issuer->floor);
	return NHI_OK;
}

static enum nhi_err
check_lifetime(const struct nhi_claims *c, int64_t max, int64_t now,
    struct nhi_why *why)
{
	int64_t from = now, exp = c->exp.down;

	if (c->iat.down != NHI_CLAIMS_NO_TIME)
		from = c->iat.down;
	else if (c->nbf.down != NHI_CLAIMS_NO_TIME)
		from = c->nbf.down;
	if (max > 0 && exp - from > max)
		return nhi_fail(why, NHI_ERR_LIFETIME,
		    "%" PRId64 " s from %" PRId64 " to exp, at most %" PRId64
		    " (RFC 7519 4.1.4)", exp - from, from, max);
	return NHI_OK;
}

enum nhi_err
nhi_claims_check_times(const struct nhi_claims *c,
    const struct nhi_issuer *issuer, int64_t now, struct nhi_why *why)
{
	enum nhi_err err;

	/* Sums of what is within these bounds cannot overflow. */
	if (now < 0 || now > NHI_CLAIMS_TIME_MAX || issuer->skew < 0 ||
	    issuer->skew > NHI_CLAIMS_TIME_MAX)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "the clock or the issuer's skew is out of range");
	if ((err = check_validity(c, now, issuer->skew, why)) != NHI_OK ||
	    (err = check_age(c, issuer, now, why)) != NHI_OK ||
	    (err = check_lifetime(c, issuer->max_lifetime, now,
	    why)) != NHI_OK)
		return err;
	return NHI_OK;
}
