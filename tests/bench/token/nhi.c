/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ladder as nhi-verify climbs it: nhi DIR KIND [prebuilt].  "prebuilt"
 * leaves out reading the key set and making the key, as a server does that
 * keeps its keys; NHI itself never does.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "lib/base/rules.h"
#include "lib/token/claims.h"
#include "lib/token/jwks.h"
#include "lib/token/jws.h"
#include "lib/token/pkey.h"
#include "lib/token/signature.h"
#include "lib/token/verify.h"
#include "lib/token/warm_up.h"
#include "tests/bench/turn.h"

static char name[] = "github", url[] = TURN_ISS, aud[] = TURN_AUD;
static char *audience[] = { aud };

struct bench {
	struct nhi_issuer issuer;
	struct nhi_token_source source;
	struct nhi_token_request req;
	EVP_PKEY *key;
};

static bool
ladder(void *arg)
{
	const struct bench *b = arg;
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	struct nhi_why why;

	return nhi_token_verify(&b->req, &t, &why) == NHI_OK;
}

static bool
prebuilt(void *arg)
{
	const struct bench *b = arg;
	NHI_AUTO(nhi_jws_wipe) struct nhi_jws jws = NHI_JWS;
	struct nhi_claims claims;
	struct nhi_signed in;
	struct nhi_why why;
	bool ok;

	if (nhi_jws_split(&jws, b->req.token, &why) != NHI_OK ||
	    nhi_jws_read_header(&jws, &why) != NHI_OK ||
	    nhi_jws_pin(&jws, b->issuer.algs, &why) != NHI_OK ||
	    nhi_signed_make(jws.input, &in, &why) != NHI_OK ||
	    nhi_signature_check(b->key, jws.alg, &in,
	    nhi_buf_all(&jws.signature), &why) != NHI_OK ||
	    nhi_claims_read(nhi_buf_all(&jws.payload), &claims, &why) !=
	    NHI_OK)
		return false;
	ok = nhi_claims_check_issuer(&claims, &b->issuer, &why) == NHI_OK &&
	    nhi_claims_check_audience(&claims, &b->issuer, NULL, &why) ==
	    NHI_OK && nhi_claims_check_times(&claims, &b->issuer, b->req.now,
	    &why) == NHI_OK;
	nhi_json_wipe(&claims.all);
	return ok;
}

/* The key of the set that the token names. */
static bool
find_key(struct bench *b)
{
	NHI_AUTO(nhi_jws_wipe) struct nhi_jws jws = NHI_JWS;
	NHI_AUTO(nhi_json_wipe) struct nhi_value set = { 0 };
	struct nhi_why why;

	return nhi_jws_split(&jws, b->req.token, &why) == NHI_OK &&
	    nhi_jws_read_header(&jws, &why) == NHI_OK &&
	    nhi_jws_pin(&jws, b->issuer.algs, &why) == NHI_OK &&
	    nhi_jwks_parse(b->source.jwks, &set, &why) == NHI_OK &&
	    nhi_jwks_find(set, jws.kid, jws.alg, &b->key, &why) == NHI_OK;
}

int
main(int argc, char **argv)
{
	struct bench b = { .issuer = {
		.name = name, .url = url, .algs = NHI_ALG_ALL, .skew = 60,
		.max_lifetime = 86400, .need_iss = true, .need_iat = true,
		.audience = { audience, 1 },
	} };
	struct nhi_why why;
	bool keep;

	if (argc < 3 || nhi_token_warm_up(NHI_ALG_ALL, &why) != NHI_OK)
		return 2;
	keep = argc > 3 && strcmp(argv[3], "prebuilt") == 0;
	b.source = (struct nhi_token_source){ .issuer = &b.issuer,
	    .jwks = nhi_span_str(turn_read(argv[1], "jwks.json")) };
	b.req = (struct nhi_token_request){
		.token = nhi_span_str(turn_read(argv[1], "token")),
		.sources = &b.source, .nsources = 1, .now = time(NULL),
	};
	if (keep && !find_key(&b))
		return 2;
	return turn_serve(keep ? prebuilt : ladder, &b);
}
