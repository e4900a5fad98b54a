/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-verify's main road: a request with a token in, a verdict out, over the
 * corpus and over key sets that are not as they should be.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/corpus.h"
#include "tests/unit/ssh_util.h"
#include "tests/unit/verify_place.h"

static struct corpus corpus;

static const struct corpus_case *
find(const char *name)
{
	for (size_t i = 0; i < corpus.n; i++)
		if (nhi_span_is(corpus.cases[i].name, name))
			return &corpus.cases[i];
	fail_msg("no case %s", name);
	return NULL;
}

static enum nhi_err
ask(const struct corpus_case *c, struct nhi_verdict *v)
{
	util_write("set.json", nhi_buf_all(&c->jwks));
	return place_ask(NHI_KIND_TOKEN, nhi_buf_all(&c->token), v);
}

static const char *
value(const struct nhi_verdict *v, const char *name)
{
	static char text[512];

	nhi_verdict_value(v, name, text, sizeof(text));
	return text;
}

/* Every ninth, and all that a ladder of another shape could let through. */
static void
test_corpus(void **state)
{
	struct nhi_verdict v;
	size_t wrong = 0, n = 0;

	(void)state;
	for (size_t i = 0; i < corpus.n; i++) {
		const struct corpus_case *c = &corpus.cases[i];

		/* What is longer than a request may be, nobody asks. */
		if (!nhi_span_is(c->settings, "-") || c->jwks.n == 0 ||
		    nhi_buf_all(&c->token).n > NHI_VERDICT_BYTES ||
		    (i % 9 != 0 && c->expected != NHI_ERR_ALG_NONE))
			continue;
		n++;
		if (ask(c, &v) == c->expected)
			continue;
		print_error("%.*s: %s\n", (int)c->name.n, c->name.p,
		    nhi_err_slug(v.reason));
		wrong++;
	}
	assert_true(n > 50);
	assert_int_equal(wrong, 0);
}

static void
test_lines(void **state)
{
	struct nhi_verdict v;

	(void)state;
	assert_int_equal(ask(find("EdDSA with kid"), &v), NHI_OK);
	assert_int_equal(v.identity, 0);
	assert_int_equal(v.exp, PLACE_NOW + 300);
	assert_int_equal(v.iat, PLACE_NOW - 10);
	assert_string_equal(value(&v, "issuer"), "corp");
	assert_string_equal(value(&v, "alg"), "EdDSA");
	assert_string_equal(value(&v, "kid"), "ed");
	assert_string_equal(value(&v, "subject"), "job:74");
	assert_string_equal(value(&v, "jti"), "id-1");
	assert_string_equal(value(&v, "claim.sub"), "job:74");
	assert_string_equal(value(&v, "claim.iat"), "1799999990");
	assert_string_equal(value(&v, "claim.missing"), "");
	assert_string_equal(value(&v, "detail"), "");
	/* Its line would be read as that of another claim. */
	assert_int_equal(ask(find("a claim with an = in its name"), &v),
	    NHI_OK);
	assert_string_equal(value(&v, "claim.a"), "");
	assert_string_equal(value(&v, "subject"), "j??b");
}

/* Nobody's identity, and whose keys to ask for. */
static void
test_no_match(void **state)
{
	struct nhi_verdict v;

	(void)state;
	place_publish(place_issuer, "identity web alice@example.com deploys "
	    "web-deploy % 4102444800 0 900 0 0 0 0\nmatch 0 0 1 sub job:75\n");
	assert_int_equal(ask(find("EdDSA with kid"), &v), NHI_ERR_NO_MATCH);
	assert_true(strstr(value(&v, "detail"), "sub") != NULL);
	assert_string_equal(value(&v, "issuer"), "corp");
	place_publish(place_issuer, place_identity);
	util_write("set.json", NHI_SPAN("{\"keys\":[{\"kty\":\"OKP\",\"crv\":"
	    "\"Ed25519\",\"kid\":\"other\",\"x\":"
	    "\"65AaD14bgR0fbKKChJofTbOYPowHja78-YAYm-5I8bM\"}]}"));
	assert_int_equal(place_ask(NHI_KIND_TOKEN,
	    nhi_buf_all(&find("EdDSA with kid")->token), &v),
	    NHI_ERR_KID_UNKNOWN);
	assert_string_equal(value(&v, "issuer"), "corp");
}

/* A job that fills its claims does not hide why it is refused. */
static void
test_long(void **state)
{
	const struct corpus_case *c =
	    find("texts longer than the trail keeps");
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf issuer = NHI_BUF(4096);
	struct nhi_verdict v;

	(void)state;
	nhi_buf_str(&issuer, place_issuer);
	for (size_t i = 0; i < 8; i++)
		nhi_buf_str(&issuer, "provenance jti\n");
	place_publish(nhi_buf_text(&issuer), "identity web alice@example.com "
	    "deploys web-deploy % 4102444800 0 900 0 0 0 0\n"
	    "match 0 0 1 sub job:75\n");
	assert_int_equal(ask(c, &v), NHI_ERR_NO_MATCH);
	assert_true(strstr(value(&v, "detail"), "sub") != NULL);
	assert_int_equal(strlen(value(&v, "subject")), NHI_VERDICT_TEXT);
	assert_int_equal(strlen(value(&v, "jti")), NHI_VERDICT_TEXT);
	assert_int_equal(strlen(value(&v, "claim.sub")), NHI_VERDICT_CLAIM);
	place_publish(place_issuer, place_identity);
	assert_int_equal(ask(c, &v), NHI_OK);
}

/* A cached set of the fetcher's, with what stands beside it. */
#define CACHED "issuer corp custom https://issuer.example.com set.json 1023 " \
    "60 86400 0 900 0 %s 0 1 0 0 0\naudience ssh://web-1.example.com\n"

static void
publish_cached(const char *stale)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	nhi_buf_printf(&b, CACHED, stale);
	place_publish(nhi_buf_text(&b), place_identity);
}

static void
write_meta(const char *url, const char *fault)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	nhi_buf_printf(&b, "nhi-cache 1\nurl %s\nfrom x\netag %%\nmodified %%\n"
	    "max-age 0\nkeys 1\nfetched 1799999000\nnext 0\nfault %s\n"
	    "fault-time 0\ndetail no%%20answer\nend\n", url, fault);
	util_write("set.meta", nhi_buf_all(&b));
}

static void
test_cached(void **state)
{
	const struct corpus_case *c = find("EdDSA with kid");
	struct nhi_verdict v;

	(void)state;
	write_meta("https://issuer.example.com", "timeout");
	publish_cached("86400");
	assert_int_equal(ask(c, &v), NHI_OK);
	/* Root's own needs no notes. */
	if (geteuid() == 0) {
		assert_int_equal(chown("set.json", 40001, 40001), 0);
		assert_int_equal(chown("id-fetch", 40001, 40001), 0);
		assert_int_equal(ask(c, &v), NHI_OK);
	}
	assert_true(strstr(value(&v, "detail"), "timeout: no answer") != NULL);
	write_meta("https://other.example.com", "ok");
	assert_int_equal(ask(c, &v), NHI_ERR_JWKS_MISSING);
	assert_int_equal(unlink("set.meta"), 0);
	assert_int_equal(ask(c, &v), NHI_ERR_JWKS_MISSING);
	write_meta("https://issuer.example.com", "ok");
	assert_int_equal(ask(c, &v), NHI_OK);
	assert_int_equal(chmod("set.json", 0666), 0);
	assert_int_equal(ask(c, &v), NHI_ERR_JWKS);
	assert_int_equal(unlink("set.json"), 0);
	assert_int_equal(place_ask(NHI_KIND_TOKEN, nhi_buf_all(&c->token),
	    &v), NHI_ERR_JWKS_MISSING);
	place_publish(place_issuer, place_identity);
}

/* As old as the hills, or a directory where a set should be. */
static void
test_stale(void **state)
{
	const struct corpus_case *c = find("EdDSA with kid");
	struct nhi_verdict v;

	(void)state;
	write_meta("https://issuer.example.com", "ok");
	publish_cached("10");
	util_write("set.json", nhi_buf_all(&c->jwks));
	assert_int_equal(util_run("touch -d 2001-01-01 set.json"), 0);
	assert_int_equal(place_ask(NHI_KIND_TOKEN, nhi_buf_all(&c->token),
	    &v), NHI_ERR_JWKS_STALE);
	assert_int_equal(unlink("set.json"), 0);
	assert_int_equal(mkdir("set.json", 0755), 0);
	assert_int_equal(place_ask(NHI_KIND_TOKEN, nhi_buf_all(&c->token),
	    &v), NHI_ERR_JWKS);
	assert_int_equal(rmdir("set.json"), 0);
	place_publish(place_issuer, place_identity);
}

/*
 * One of two has no keys and is asked for; that the other signed it, and what,
 * is told all the same.
 */
static void
test_two(void **state)
{
	const struct corpus_case *c = find("EdDSA with kid");
	struct nhi_verdict v;
	uint8_t mark[sizeof(v.mark)];

	(void)state;
	assert_int_equal(ask(c, &v), NHI_OK);
	memcpy(mark, v.mark, sizeof(mark));
	place_publish("issuer other custom https://issuer.example.com lost.json "
	    "1023 60 86400 0 900 0 86400 0 1 0 0 0\naudience elsewhere\n"
	    "issuer corp custom https://issuer.example.com set.json 1023 60 "
	    "86400 0 900 0 86400 1 1 0 0 0\naudience elsewhere\n"
	    "provenance sub\n", place_identity);
	assert_int_equal(ask(c, &v), NHI_ERR_JWKS_MISSING);
	assert_string_equal(value(&v, "issuer"), "other");
	assert_null(strstr(v.lines, "issuer=corp"));
	assert_string_equal(value(&v, "subject"), "job:74");
	assert_string_equal(value(&v, "claim.sub"), "job:74");
	assert_memory_equal(v.mark, mark, sizeof(mark));
	place_publish(place_issuer, place_identity);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_no_match),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_cached),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_two),
		/* End of the tests */
	};
	int failed;

	if (!corpus_load(&corpus, "tests/vectors/tokens.txt"))
		return 1;
	failed = cmocka_run_group_tests(tests, place_setup, util_teardown);
	corpus_free(&corpus);
	return failed;
}
