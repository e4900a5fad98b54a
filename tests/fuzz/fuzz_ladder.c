/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole ladder.  Only the holder of the key behind the set makes a token
 * that passes: make_seeds.py, whose seeds say so, and no fuzzer.
 */
#include "config.h"

#include "lib/base/rules.h"
#include "lib/token/verify.h"
#include "tests/fuzz/fuzz.h"

#define NOW	1800000000

/* The public half of make_seeds.py's key. */
static const char set[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
    "\"kid\":\"seed\",\"x\":\"65AaD14bgR0fbKKChJofTbOYPowHja78-YAYm-5I8bM\"}]}";

static bool
is_seed(const struct nhi_token *token)
{
	return nhi_span_is(token->subject, "job-1") && token->exp > NOW &&
	    token->alg == NHI_ALG_EDDSA;
}

static struct nhi_issuer
make_issuer(void)
{
	static char name[] = "corp", url[] = "https://issuer.example.com";
	static char host[] = "ssh://web-1";
	static char *audience[] = { host };

	return (struct nhi_issuer){
		.name = name, .url = url, .algs = NHI_ALG_ALL, .skew = 60,
		.max_lifetime = 3600, .need_iss = true,
		.audience = { audience, 1 },
	};
}

/*
 * One more issuer of the same url, whose keys are not here: it takes nothing
 * from the one that has them, and gives nothing.
 */
static void
check_two(struct nhi_span bytes, const struct nhi_token_source *source,
    bool good, const struct nhi_token *alone)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *token = NULL;
	NHI_AUTO(nhi_token_freep) struct nhi_token *refused = NULL;
	const struct nhi_token_source both[] = {
		{ source->issuer, { NULL, 0 }, NHI_OK }, *source,
	};
	size_t tried = SIZE_MAX;
	const struct nhi_token_request request = {
		.token = bytes, .sources = both, .nsources = 2, .now = NOW,
		.ret_tried = &tried, .ret_refused = &refused,
	};
	enum nhi_err err = nhi_token_verify(&request, &token, NULL);

	MUST((err == NHI_OK) == good);
	if (good)
		MUST(is_seed(token) && token->source == 1);
	else
		MUST(token == NULL && tried < 2 &&
		    (refused == NULL) == (alone == NULL) &&
		    (refused == NULL || refused->source == 1));
}

FUZZ_TARGET(ladder)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *token = NULL;
	NHI_AUTO(nhi_token_freep) struct nhi_token *refused = NULL;
	const struct nhi_issuer issuer = make_issuer();
	const struct nhi_token_source source = { &issuer, NHI_SPAN(set),
	    NHI_OK };
	const struct nhi_token_request request = {
		.token = fuzz_span(data, size), .sources = &source,
		.nsources = 1, .now = NOW, .ret_refused = &refused,
	};
	struct nhi_why why;
	enum nhi_err err = nhi_token_verify(&request, &token, &why);

	check_two(request.token, &source, err == NHI_OK, refused);
	if (err != NHI_OK)
		return 0;
	fuzz_taken = true;
	MUST(is_seed(token));
	return 0;
}
