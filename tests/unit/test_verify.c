/* SPDX-License-Identifier: BSD-2-Clause */
/* What a verified token says, and the choice among several issuers. */
#include "config.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/corpus.h"

#define NOW	1800000000
#define SOURCES	3

static struct corpus corpus;

/* Issuers that all know the keys of the corpus; the second is the token's. */
static char name[] = "test", url_a[] = "https://a.example.com",
    url_b[] = "https://issuer.example.com", url_c[] = "spiffe://example.com",
    host[] = "ssh://web-1.example.com", other[] = "ssh://web-2.example.com";
static char *audience[] = { host }, *elsewhere[] = { other };

struct bench {
	struct nhi_issuer issuers[SOURCES];
	struct nhi_token_source sources[SOURCES];
	struct nhi_token_request req;
};

static const struct corpus_case *
find(const char *wanted)
{
	for (size_t i = 0; i < corpus.n; i++)
		if (nhi_span_is(corpus.cases[i].name, wanted))
			return &corpus.cases[i];
	fail_msg("no case %s", wanted);
	return NULL;
}

static void
set_up(struct bench *b, const char *token)
{
	char *const urls[SOURCES] = { url_a, url_b, url_c };
	const struct corpus_case *c = find(token);

	memset(b, 0, sizeof(*b));
	for (size_t i = 0; i < SOURCES; i++) {
		b->issuers[i] = (struct nhi_issuer){
			.name = name, .url = urls[i], .algs = NHI_ALG_ALL,
			.skew = 60, .need_iss = i < 2,
			.audience = { audience, 1 },
		};
		b->sources[i].issuer = &b->issuers[i];
		b->sources[i].jwks = nhi_buf_all(&c->jwks);
	}
	b->req = (struct nhi_token_request){
		.token = nhi_buf_all(&c->token), .sources = b->sources,
		.nsources = SOURCES, .now = NOW,
	};
}

/* The code, and which source it was. */
static enum nhi_err
run(const struct bench *b, size_t *ret_source)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	struct nhi_why why = { "" };
	enum nhi_err err = nhi_token_verify(&b->req, &t, &why);

	assert_int_equal(t != NULL, err == NHI_OK);
	assert_int_equal(why.text[0] != '\0', err != NHI_OK);
	*ret_source = t == NULL ? SOURCES : t->source;
	return err;
}

static void
test_fields(void **state)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	struct nhi_span input;
	uint8_t mark[NHI_TOKEN_MARK];
	struct bench b;

	(void)state;
	set_up(&b, "ES256 with kid");
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL), NHI_OK);
	assert_int_equal(t->source, 1);
	assert_int_equal(t->alg, NHI_ALG_ES256);
	assert_true(nhi_span_is(t->kid, "p256"));
	assert_true(nhi_span_is(t->subject, "job:74"));
	assert_true(nhi_span_is(t->jti, "id-1"));
	assert_int_equal(t->iat, NOW - 10);
	assert_int_equal(t->exp, NOW + 300);
	assert_true(nhi_span_is(nhi_json_string(nhi_json_member(t->claims,
	    "iss")), url_b));
	assert_true(nhi_span_is(nhi_json_string(nhi_json_member(t->header,
	    "alg")), "ES256"));
	input = b.req.token;
	while (input.p[input.n - 1] != '.')
		input.n--;
	assert_int_equal(EVP_Digest(input.p, input.n - 1, mark, NULL,
	    EVP_sha256(), NULL), 1);
	assert_memory_equal(t->mark, mark, sizeof(mark));
}

static void
test_absent_fields(void **state)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	struct bench b;

	(void)state;
	set_up(&b, "no iat");
	b.req.nsources = 2;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL), NHI_OK);
	assert_int_equal(t->iat, -1);
	nhi_token_freep(&t);
	set_up(&b, "ES256 without kid, one key");
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL), NHI_OK);
	assert_null(t->kid.p);
	nhi_token_freep(&t);
	set_up(&b, "no jti");
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL), NHI_OK);
	assert_null(t->jti.p);
	assert_non_null(t->subject.p);
}

/* Whoever turns s into n - s has the same token, and the same mark. */
static void
test_mark(void **state)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *one = NULL;
	NHI_AUTO(nhi_token_freep) struct nhi_token *two = NULL;
	struct bench b;

	(void)state;
	set_up(&b, "ES256 with kid");
	assert_int_equal(nhi_token_verify(&b.req, &one, NULL), NHI_OK);
	set_up(&b, "ECDSA with n - s, which is as valid");
	assert_int_equal(nhi_token_verify(&b.req, &two, NULL), NHI_OK);
	assert_memory_equal(one->mark, two->mark, sizeof(one->mark));
}

static void
test_sources(void **state)
{
	struct bench b;
	size_t source;

	(void)state;
	/* A fault of another issuer's keys is none of ours. */
	set_up(&b, "ES256 with kid");
	b.sources[0].fault = NHI_ERR_JWKS_STALE;
	b.sources[2].jwks = (struct nhi_span){ NULL, 0 };
	assert_int_equal(run(&b, &source), NHI_OK);
	assert_int_equal(source, 1);
	b.sources[1].fault = NHI_ERR_JWKS_STALE;
	assert_int_equal(run(&b, &source), NHI_ERR_JWKS_STALE);
	/* Nobody's token: the first one's rules say what is wrong. */
	set_up(&b, "ES256 with kid");
	b.req.nsources = 1;
	assert_int_equal(run(&b, &source), NHI_ERR_ISSUER);
	b.issuers[1].url = url_c;
	b.req.nsources = 2;
	assert_int_equal(run(&b, &source), NHI_ERR_ISSUER);
	b.issuers[0].algs = NHI_ALG_RS256;
	assert_int_equal(run(&b, &source), NHI_ERR_ALG_NOT_ALLOWED);
	/* Without iss only those that can do without. */
	set_up(&b, "JWT-SVID");
	assert_int_equal(run(&b, &source), NHI_OK);
	assert_int_equal(source, 2);
	b.req.nsources = 2;
	assert_int_equal(run(&b, &source), NHI_ERR_CLAIM_MISSING);
	set_up(&b, "JWT-SVID");
	b.issuers[2].audience = (struct nhi_list){ elsewhere, 1 };
	assert_int_equal(run(&b, &source), NHI_ERR_AUDIENCE);
	b.req.nsources = 0;
	assert_int_equal(run(&b, &source), NHI_ERR_INTERNAL);
}

/* Two issuers of one url: whichever accepts; else what is told of the two. */
static void
test_same_url(void **state)
{
	struct bench b;
	size_t source;

	(void)state;
	set_up(&b, "ES256 with kid");
	b.issuers[0].url = url_b;
	assert_int_equal(run(&b, &source), NHI_OK);
	assert_int_equal(source, 0);
	b.issuers[0].audience = (struct nhi_list){ elsewhere, 1 };
	assert_int_equal(run(&b, &source), NHI_OK);
	assert_int_equal(source, 1);
	b.issuers[1].algs = NHI_ALG_RS256;
	assert_int_equal(run(&b, &source), NHI_ERR_AUDIENCE);
	/* Both before the signature: the first one. */
	b.sources[0].fault = NHI_ERR_STATE;
	assert_int_equal(run(&b, &source), NHI_ERR_STATE);
}

/* Who signed it is told, and not the rules of one that did not. */
static void
test_same_url_signed(void **state)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	NHI_AUTO(nhi_token_freep) struct nhi_token *refused = NULL;
	size_t tried = SIZE_MAX;
	struct bench b;

	(void)state;
	set_up(&b, "ES256 with kid");
	b.issuers[0].url = url_b;
	b.issuers[0].algs = NHI_ALG_RS256;
	b.issuers[1].audience = (struct nhi_list){ elsewhere, 1 };
	b.req.ret_tried = &tried;
	b.req.ret_refused = &refused;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL),
	    NHI_ERR_AUDIENCE);
	assert_int_equal(tried, SIZE_MAX);
	assert_non_null(refused);
	assert_int_equal(refused->source, 1);
	nhi_token_freep(&refused);
	/* The first one's keys can be fetched: it may be that one's. */
	b.issuers[0].algs = NHI_ALG_ALL;
	b.sources[0].fault = NHI_ERR_JWKS_STALE;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL),
	    NHI_ERR_JWKS_STALE);
	assert_int_equal(tried, 0);
	/* What was signed is handed over whatever is told. */
	assert_non_null(refused);
	assert_int_equal(refused->source, 1);
	nhi_token_freep(&refused);
	/* An administrator's file is not fetched. */
	b.issuers[0].pinned = true;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL),
	    NHI_ERR_AUDIENCE);
	nhi_token_freep(&refused);
	/* Whichever stands first. */
	b.issuers[0].pinned = false;
	b.sources[0].fault = NHI_OK;
	b.issuers[0].audience = (struct nhi_list){ elsewhere, 1 };
	b.sources[1].fault = NHI_ERR_JWKS_MISSING;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL),
	    NHI_ERR_JWKS_MISSING);
	assert_int_equal(tried, 1);
	assert_non_null(refused);
	assert_int_equal(refused->source, 0);
	assert_null(t);
}

static void
test_clock(void **state)
{
	static const int64_t wrong[] = { -1, INT64_MIN, INT64_MAX };
	struct bench b;
	size_t source;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		set_up(&b, "ES256 with kid");
		b.req.now = wrong[i];
		assert_int_equal(run(&b, &source), NHI_ERR_INTERNAL);
		set_up(&b, "ES256 with kid");
		b.issuers[1].skew = wrong[i];
		assert_int_equal(run(&b, &source), NHI_ERR_INTERNAL);
	}
}

static void
test_signature_only(void **state)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	struct bench b;

	(void)state;
	set_up(&b, "time: expired without skew");
	b.req.signature_only = true;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL), NHI_OK);
	assert_int_equal(t->claims.type, NHI_JSON_NONE);
	assert_null(t->subject.p);
	nhi_token_freep(&t);
	set_up(&b, "payload: text");
	b.req.signature_only = true;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL), NHI_OK);
	nhi_token_freep(&t);
	set_up(&b, "ES256 by another key");
	b.req.signature_only = true;
	assert_int_equal(nhi_token_verify(&b.req, &t, NULL),
	    NHI_ERR_SIGNATURE);
	assert_null(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_absent_fields),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_same_url),
		cmocka_unit_test(test_same_url_signed),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_signature_only),
		/* End of the tests */
	};
	int failed;

	if (!corpus_load(&corpus, "tests/vectors/tokens.txt"))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	corpus_free(&corpus);
	return failed;
}
