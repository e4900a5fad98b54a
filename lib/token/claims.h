/* SPDX-License-Identifier: BSD-2-Clause */
/* The registered claims (RFC 7519 4.1) and what an issuer's rules ask. */
#ifndef NHI_TOKEN_CLAIMS_H
#define NHI_TOKEN_CLAIMS_H

#include "lib/token/date.h"
#include "lib/token/json.h"

struct nhi_issuer;

#define NHI_CLAIMS_NO_TIME	(-1)
#define NHI_CLAIMS_TIME_MAX	NHI_DATE_MAX

struct nhi_claims {
	struct nhi_value all;		/* owned */
	struct nhi_span iss;		/* borrow all; p NULL: not there */
	struct nhi_span sub;
	struct nhi_span jti;
	struct nhi_value aud;		/* a string, or an array of strings */
	struct nhi_date exp;
	struct nhi_date nbf;	/* both NHI_CLAIMS_NO_TIME: not there */
	struct nhi_date iat;
};

/*
 * The payload as JSON, and the registered claims by their types.  The codes
 * of nhi_json_parse, NHI_ERR_CLAIM_TYPE, NHI_ERR_CLAIM_MISSING (exp).
 */
enum nhi_err	 nhi_claims_read(struct nhi_span, struct nhi_claims *,
		    struct nhi_why *) NHI_MUST;

/*
 * NHI_ERR_ISSUER, NHI_ERR_CLAIM_MISSING.  Without iss, where the issuer may
 * leave it out, a url that is a SPIFFE trust domain must be that of sub.
 */
enum nhi_err	 nhi_claims_check_issuer(const struct nhi_claims *,
		    const struct nhi_issuer *, struct nhi_why *) NHI_MUST;

/*
 * One of the issuer's audiences is in aud; where there is a key (fingerprint
 * not NULL), "AUDIENCE#FINGERPRINT" is as good, for platforms that give one
 * audience only: whether the issuer asks for it or not, such a token is good
 * with that key alone.  NHI_ERR_AUDIENCE, NHI_ERR_CLAIM_MISSING.
 */
enum nhi_err	 nhi_claims_check_audience(const struct nhi_claims *,
		    const struct nhi_issuer *, const char *fingerprint,
		    struct nhi_why *) NHI_MUST;

/*
 * NHI_ERR_EXPIRED, NHI_ERR_NOT_YET_VALID, NHI_ERR_ISSUED_IN_FUTURE,
 * NHI_ERR_TOO_OLD, NHI_ERR_LIFETIME, NHI_ERR_CLAIM_MISSING (iat);
 * NHI_ERR_INTERNAL for a clock before 1970 or after NHI_CLAIMS_TIME_MAX.
 */
enum nhi_err	 nhi_claims_check_times(const struct nhi_claims *,
		    const struct nhi_issuer *, int64_t now, struct nhi_why *)
		    NHI_MUST;

/* An audience holds the fingerprint, if the issuer asks.  NHI_ERR_BINDING. */
enum nhi_err	 nhi_claims_check_binding(const struct nhi_claims *,
		    const struct nhi_issuer *, const char *fingerprint,
		    struct nhi_why *) NHI_MUST;

/*
 * Every audience holds it, whatever the issuer asks: the token is worth
 * nothing to anybody without the key.  NHI_ERR_BINDING.
 */
enum nhi_err	 nhi_claims_check_sealed(const struct nhi_claims *,
		    const char *fingerprint, struct nhi_why *) NHI_MUST;

#endif
