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

FUZZ_TARGET(ladder)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *token = NULL;
	const struct nhi_issuer issuer = {
		.name = (char[]){ "corp" },
		.url = (char[]){ "https://issuer.example.com" },
		.algs = NHI_ALG_ALL, .skew = 60, .max_lifetime = 3600,
		.need_iss = true,
		.audience = { (char *[]){ (char[]){ "ssh://web-1" } }, 1 },
	};
	const struct nhi_token_source source = { &issuer, NHI_SPAN(set),
	    NHI_OK };
	const struct nhi_token_request request = {
		.token = fuzz_span(data, size), .sources = &source,
		.nsources = 1, .now = NOW,
	};
	struct nhi_why why;

	if (nhi_token_verify(&request, &token, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	MUST(is_seed(token));
	return 0;
}
