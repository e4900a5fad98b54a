/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * By whose rules: one issuer after the other, and which of several refusals is
 * told.
 */
#include "config.h"

#include <openssl/crypto.h>

#include "lib/base/rules.h"
#include "lib/token/jws.h"
#include "lib/token/ladder.h"

/*
 * Whose token it claims to be.  Nothing is believed: the answer only chooses
 * the rules by which the whole ladder then runs.
 */
static void
peek_claims(struct nhi_span token, struct nhi_value *ret)
{
	NHI_AUTO(nhi_jws_wipe) struct nhi_jws jws = NHI_JWS;

	if (nhi_jws_split(&jws, token, NULL) != NHI_OK ||
	    nhi_json_parse(nhi_buf_all(&jws.payload), ret, NULL) != NHI_OK)
		return;
}

static bool
may_be(const struct nhi_issuer *issuer, struct nhi_value claims)
{
	struct nhi_value iss = nhi_json_member(claims, "iss");

	if (iss.type == NHI_JSON_NONE)
		return claims.o != NULL && !issuer->need_iss;
	return nhi_span_is(nhi_json_string(iss), issuer->url);
}

/* What was signed is kept, whoever's refusal is told. */
static void
keep(struct nhi_ladder *told, struct nhi_ladder *end)
{
	if (told->refused == NULL) {
		told->refused = end->refused;
		end->refused = NULL;
	}
}

/*
 * Several issuers can have one url.  Told is, of those that refuse, one whose
 * keys are not here and can be fetched: it may be the token's.  Else the one
 * that did sign it, else the first.
 */
static enum nhi_err
verify_some(const struct nhi_token_request *req, struct nhi_token **ret,
    struct nhi_ladder *told, size_t *source)
{
	NHI_AUTO(nhi_json_wipe) struct nhi_value claims = { 0 };

	peek_claims(req->token, &claims);
	for (size_t i = 0; i < req->nsources; i++) {
		NHI_AUTO(nhi_ladder_wipe) struct nhi_ladder end = { 0 };

		if (!may_be(req->sources[i].issuer, claims))
			continue;
		if (nhi_ladder_run(req, &req->sources[i], ret, &end) == NHI_OK)
			return NHI_OK;
		keep(told, &end);
		if (told->err == NHI_OK || told->how < end.how) {
			told->err = end.err;
			told->how = end.how;
			told->why = end.why;
			*source = i;
		}
	}
	if (told->err == NHI_OK)
		return nhi_ladder_run(req, &req->sources[0], ret, told);
	return told->err;
}

static enum nhi_err
refuse(const struct nhi_token_request *req, size_t source,
    struct nhi_ladder *told, struct nhi_why *why)
{
	if (req->ret_tried != NULL && told->how != NHI_SIGNED)
		*req->ret_tried = source;
	if (req->ret_refused != NULL) {
		*req->ret_refused = told->refused;
		told->refused = NULL;
	}
	return nhi_fail(why, told->err, "%s", told->why.text);
}

enum nhi_err
nhi_token_verify(const struct nhi_token_request *req, struct nhi_token **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ladder_wipe) struct nhi_ladder told = { .err = NHI_OK };
	enum nhi_err err;
	size_t source = 0;

	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return nhi_fail(why, NHI_ERR_INTERNAL, "libcrypto");
	if (req->nsources == 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "no issuer to ask");
	err = req->nsources == 1 ?
	    nhi_ladder_run(req, &req->sources[0], ret, &told) :
	    verify_some(req, ret, &told, &source);
	return err == NHI_OK ? NHI_OK : refuse(req, source, &told, why);
}
