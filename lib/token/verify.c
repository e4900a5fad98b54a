/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ladder.  Nothing before check_signature believes a byte, and nothing
 * after it reads the text again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/rules.h"
#include "lib/token/claims.h"
#include "lib/token/jwks.h"
#include "lib/token/jws.h"
#include "lib/token/ladder.h"
#include "lib/token/pkey.h"
#include "lib/token/signature.h"

_Static_assert(NHI_TOKEN_MARK == NHI_SHA256_SIZE, "the mark is a SHA-256");

struct run {
	const struct nhi_token_request *req;
	const struct nhi_token_source *source;
	struct nhi_jws jws;
	struct nhi_value keys;
	EVP_PKEY *key;
	struct nhi_claims claims;
	struct nhi_signed in;		/* whose SHA-256 is the mark */
	struct nhi_why *why;
};

static void
wipe(struct run *r)
{
	nhi_jws_wipe(&r->jws);
	nhi_json_wipe(&r->keys);
	nhi_pkey_freep(&r->key);
	nhi_json_wipe(&r->claims.all);
}

static enum nhi_err
split(struct run *r)
{
	return nhi_jws_split(&r->jws, r->req->token, r->why);
}

static enum nhi_err
read_header(struct run *r)
{
	return nhi_jws_read_header(&r->jws, r->why);
}

static enum nhi_err
pin_algorithm(struct run *r)
{
	return nhi_jws_pin(&r->jws, r->source->issuer->algs, r->why);
}

static enum nhi_err
read_keys(struct run *r)
{
	enum nhi_err fault = r->source->fault;

	if (fault == NHI_OK && r->source->jwks.p == NULL)
		fault = NHI_ERR_JWKS_MISSING;
	if (fault != NHI_OK)
		return nhi_fail(r->why, fault, "issuer %s: %s (RFC 7517 5)",
		    r->source->issuer->name, nhi_err_text(fault));
	return nhi_jwks_parse(r->source->jwks, &r->keys, r->why);
}

static enum nhi_err
find_key(struct run *r)
{
	return nhi_jwks_find(r->keys, r->jws.kid, r->jws.alg, &r->key, r->why);
}

static enum nhi_err
make_mark(struct run *r)
{
	return nhi_signed_make(r->jws.input, &r->in, r->why);
}

static enum nhi_err
check_signature(struct run *r)
{
	return nhi_signature_check(r->key, r->jws.alg, &r->in,
	    nhi_buf_all(&r->jws.signature), r->why);
}

static enum nhi_err
read_claims(struct run *r)
{
	return nhi_claims_read(nhi_buf_all(&r->jws.payload), &r->claims,
	    r->why);
}

static enum nhi_err
check_issuer(struct run *r)
{
	return nhi_claims_check_issuer(&r->claims, r->source->issuer, r->why);
}

static enum nhi_err
check_audience(struct run *r)
{
	return nhi_claims_check_audience(&r->claims, r->source->issuer,
	    r->req->fingerprint, r->why);
}

static enum nhi_err
check_times(struct run *r)
{
	return nhi_claims_check_times(&r->claims, r->source->issuer,
	    r->req->now, r->why);
}

static enum nhi_err
check_binding(struct run *r)
{
	enum nhi_err err;

	if ((err = nhi_claims_check_binding(&r->claims, r->source->issuer,
	    r->req->fingerprint, r->why)) != NHI_OK)
		return err;
	return r->req->sealed ? nhi_claims_check_sealed(&r->claims,
	    r->req->fingerprint, r->why) : NHI_OK;
}

static enum nhi_err
check_sealed(struct run *r)
{
	enum nhi_err err;

	if ((err = split(r)) != NHI_OK ||		/* RFC 7515 7.1 */
	    (err = read_header(r)) != NHI_OK ||		/* RFC 7515 4 */
	    (err = pin_algorithm(r)) != NHI_OK ||	/* RFC 8725 3.1 */
	    (err = read_keys(r)) != NHI_OK ||		/* RFC 7517 5 */
	    (err = find_key(r)) != NHI_OK ||		/* RFC 7515 4.1.4 */
	    (err = make_mark(r)) != NHI_OK ||
	    (err = check_signature(r)) != NHI_OK)	/* RFC 7515 5.2 */
		return err;
	return NHI_OK;
}

static enum nhi_err
check_content(struct run *r)
{
	enum nhi_err err;

	if ((err = read_claims(r)) != NHI_OK ||		/* RFC 7519 4 */
	    (err = check_issuer(r)) != NHI_OK ||	/* RFC 8725 3.8 */
	    (err = check_audience(r)) != NHI_OK ||	/* RFC 8725 3.9 */
	    (err = check_times(r)) != NHI_OK ||		/* RFC 7519 4.1.4-6 */
	    (err = check_binding(r)) != NHI_OK)		/* RFC 7800 3 */
		return err;
	return NHI_OK;
}

/* What outlives the run moves into the token. */
static enum nhi_err
hand_over(struct run *r, struct nhi_token **ret)
{
	struct nhi_token *t = malloc(sizeof(*t));

	if (t == NULL)
		return nhi_fail(r->why, NHI_ERR_NO_MEMORY, "token");
	*t = (struct nhi_token){
		.source = (size_t)(r->source - r->req->sources),
		.alg = r->jws.alg,
		.kid = r->jws.kid,
		.header = r->jws.header,
		.claims = r->claims.all,
		.subject = r->claims.sub,
		.jti = r->claims.jti,
		.iat = r->claims.iat.down,
		.exp = r->claims.exp.down,
	};
	memcpy(t->mark, r->in.sha256, sizeof(t->mark));
	r->jws.header = r->claims.all = (struct nhi_value){ 0 };
	*ret = t;
	return NHI_OK;
}

static bool
keys_missing(const struct nhi_issuer *issuer, enum nhi_err err)
{
	return !issuer->pinned && (err == NHI_ERR_KID_UNKNOWN ||
	    err == NHI_ERR_JWKS_MISSING || err == NHI_ERR_JWKS_STALE);
}

enum nhi_err
nhi_ladder_run(const struct nhi_token_request *req,
    const struct nhi_token_source *source, struct nhi_token **ret,
    struct nhi_ladder *ret_end)
{
	NHI_AUTO(wipe) struct run r = {
		.req = req, .source = source, .jws = NHI_JWS,
		.why = &ret_end->why,
	};

	if ((ret_end->err = check_sealed(&r)) != NHI_OK) {
		ret_end->how = keys_missing(source->issuer, ret_end->err) ?
		    NHI_KEYS_MISSING : NHI_NOT_SIGNED;
		return ret_end->err;
	}
	if (req->signature_only || (ret_end->err = check_content(&r)) == NHI_OK)
		return ret_end->err = hand_over(&r, ret);
	ret_end->how = NHI_SIGNED;
	r.why = NULL;
	(void)!hand_over(&r, &ret_end->refused);
	return ret_end->err;
}

void
nhi_ladder_wipe(struct nhi_ladder *end)
{
	nhi_token_freep(&end->refused);
}

void
nhi_token_free(struct nhi_token *t)
{
	if (t == NULL)
		return;
	nhi_json_wipe(&t->header);
	nhi_json_wipe(&t->claims);
	explicit_bzero(t, sizeof(*t));
	free(t);
}

void
nhi_token_freep(struct nhi_token **t)
{
	nhi_token_free(*t);
	*t = NULL;
}
