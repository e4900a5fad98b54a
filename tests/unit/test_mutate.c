/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random changes, the same in each run: of JSON texts, which must never get
 * past the scanner and then fail in json-c, and of the octets inside a token,
 * which must never be accepted.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "lib/token/base64url.h"
#include "lib/token/json.h"
#include "lib/token/jws.h"
#include "lib/token/scan.h"
#include "lib/token/show.h"
#include "tests/unit/corpus.h"

#define ROUNDS_JSON	300000
#define ROUNDS_TOKEN	20000
#define SIZE		4096

static struct corpus corpus;
static uint64_t seed = 42;

/* xorshift64 */
static size_t
pick(size_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % below);
}

/* What JSON is made of. */
static const char *const words[] = {
	"{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\u0061", "0", "-",
	"1e9", ".", "true", "null", " ", "\n", "\xc3\xa4", "\xff", "\\ud83d",
	"\\ude00", "\"a\":1", "\"a\":", "{}", "[]", "99999999999999999999",
	/* End of the words */
};

/* Take out, put in, or change some bytes; the new length. */
static size_t
mutate(char *p, size_t n)
{
	const char *word = words[pick(sizeof(words) / sizeof(words[0]))];
	size_t at = pick(n + 1), len = strlen(word), cut = pick(4);

	switch (pick(3)) {
	case 0:
		if (n + len > SIZE)
			return n;
		memmove(p + at + len, p + at, n - at);
		memcpy(p + at, word, len);
		return n + len;
	case 1:
		cut = cut > n - at ? n - at : cut;
		memmove(p + at, p + at + cut, n - at - cut);
		return n - cut;
	default:
		if (at < n)
			p[at] ^= (char)(1 << pick(8));
		return n;
	}
}

static const char json[] =
    "{\"iss\":\"https://issuer.example.com\",\"aud\":[\"a\",\"b\\u00e4\"],"
    "\"exp\":1800000300,\"o\":{\"in\":[null,true,-1.5e3],\"a\":{}},\"a\":[]}";

static void
test_json_agrees(void **state)
{
	char copy[SIZE];
	size_t good = 0, bad = 0;

	(void)state;
	for (size_t i = 0; i < ROUNDS_JSON; i++) {
		NHI_AUTO(nhi_json_wipe) struct nhi_value v = { 0 };
		struct nhi_span s = { copy, sizeof(json) - 1 };
		struct nhi_why why = { "" };

		memcpy(copy, json, s.n);
		for (size_t times = 1 + pick(3); times > 0; times--)
			s.n = mutate(copy, s.n);
		if (nhi_scan_json(s, NULL) != NHI_OK || s.n == 0 ||
		    copy[0] != '{') {
			bad++;
			continue;
		}
		good++;
		if (nhi_json_parse(s, &v, &why) != NHI_OK)
			fail_msg("%.*s: %s", (int)s.n, s.p, why.text);
	}
	/* Both sides of the fence were visited. */
	assert_true(good > ROUNDS_JSON / 50 && bad > ROUNDS_JSON / 50);
}

static void
put_part(struct nhi_buf *token, const struct nhi_buf *octets, bool change)
{
	char copy[SIZE];
	struct nhi_span s = { copy, octets->n };

	assert_true(octets->n < SIZE / 2);
	memcpy(copy, nhi_buf_text(octets), octets->n);
	for (size_t times = change ? 1 + pick(3) : 0; times > 0; times--)
		s.n = mutate(copy, s.n);
	nhi_base64url_put(token, s);
}

/* The signature over other octets, or another signature. */
static void
change(const struct corpus_case *c, const struct nhi_jws *jws)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token = NHI_BUF(4 * SIZE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(32 * SIZE);
	size_t which = pick(3);

	put_part(&token, &jws->head, which == 0);
	nhi_buf_char(&token, '.');
	put_part(&token, &jws->payload, which == 1);
	nhi_buf_char(&token, '.');
	put_part(&token, &jws->signature, which == 2);
	if (nhi_span_equal(nhi_buf_all(&token), nhi_buf_all(&c->token)))
		return;
	assert_int_not_equal(corpus_verify(c, nhi_buf_all(&token), NULL),
	    NHI_OK);
	if (nhi_token_show(nhi_buf_all(&token), &text, NULL) != NHI_OK)
		return;
	for (size_t i = 0; i < text.n; i++)
		assert_true(text.p[i] == '\n' || (text.p[i] >= ' ' &&
		    text.p[i] <= '~'));
}

static void
test_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus.n; i++) {
		NHI_AUTO(nhi_jws_wipe) struct nhi_jws jws = NHI_JWS;
		const struct corpus_case *c = &corpus.cases[i];

		if (!nhi_span_is(c->name, "RS256 with kid"))
			continue;
		assert_int_equal(nhi_jws_split(&jws, nhi_buf_all(&c->token),
		    NULL), NHI_OK);
		for (size_t k = 0; k < ROUNDS_TOKEN; k++)
			change(c, &jws);
		return;
	}
	fail();
}

/* A key set with changes: no crash, and a token only by its own key. */
static void
test_key_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus.n; i++) {
		struct corpus_case c = corpus.cases[i];
		char copy[SIZE];
		struct nhi_span set = nhi_buf_all(&c.jwks);

		if (c.jwks.n == 0 || c.jwks.n > SIZE / 2)
			continue;
		for (size_t k = 0; k < 20; k++) {
			memcpy(copy, set.p, set.n);
			c.jwks.n = mutate(copy, set.n);
			c.jwks.p = copy;
			if (corpus_verify(&c, nhi_buf_all(&c.token), NULL) ==
			    NHI_OK)
				assert_true(c.expected == NHI_OK ||
				    nhi_err_class(c.expected) ==
				    NHI_CLASS_TOKEN ||
				    nhi_err_class(c.expected) ==
				    NHI_CLASS_KEYS);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_agrees),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_key_sets),
		/* End of the tests */
	};
	int failed;

	if (!corpus_load(&corpus, "tests/vectors/tokens.txt"))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	corpus_free(&corpus);
	return failed;
}
