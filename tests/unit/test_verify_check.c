/* SPDX-License-Identifier: BSD-2-Clause */
/* nhi-verify's other words: check, explain, show; and who may not ask. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "tests/unit/corpus.h"
#include "tests/unit/ssh_util.h"
#include "tests/unit/verify_place.h"

#define WORDS(...)	(const char *const []){ "nhi-verify", __VA_ARGS__, NULL }
#define URL		"https://issuer.example.com"
#define AUD		"ssh://web-1.example.com"
#define NOW		"1800000000"
#define CHECK		"check", "--issuer", URL, "--audience", AUD, "--at", NOW
#define EXPLAIN(what, form)						\
	"explain", "1", "web-deploy", what, NOW, form, "-"

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

/* Run; what it wrote is good until the next call. */
static const char *
said(int status, const char *const *argv, struct nhi_span in)
{
	static char text[1 << 16];
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(sizeof(text) - 1);
	int got = place_run(argv, in, &out);

	(void)snprintf(text, sizeof(text), "%s", nhi_buf_text(&out));
	if (got != status)
		fail_msg("exit %d: %s", got, text);
	return text;
}

static void
starts(const char *text, const char *with)
{
	if (strncmp(text, with, strlen(with)) != 0)
		fail_msg("not \"%s\": %s", with, text);
}

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in: %s", part, text);
}

/* Its member as text; the text must be JSON. */
static void
member(const char *text, const char *name, const char *value)
{
	struct json_object *o = json_tokener_parse(text), *v = NULL;

	if (o == NULL || !json_object_object_get_ex(o, name, &v))
		fail_msg("no %s in: %s", name, text);
	assert_string_equal(json_object_get_string(v), value);
	(void)json_object_put(o);
}

static void
test_check_corpus(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < corpus.n; i += 13) {
		const struct corpus_case *c = &corpus.cases[i];
		const char *slug = nhi_err_slug(c->expected);
		bool fault = nhi_err_class(c->expected) == NHI_CLASS_FAULT ||
		    nhi_err_class(c->expected) == NHI_CLASS_KEYS;
		int status = fault ? 2 : c->expected != NHI_OK;

		if (!nhi_span_is(c->settings, "-") || c->jwks.n == 0)
			continue;
		n++;
		util_write("set.json", nhi_buf_all(&c->jwks));
		starts(said(status, WORDS(CHECK),
		    nhi_buf_all(&c->token)), slug);
		member(said(status, WORDS(CHECK, "--json"),
		    nhi_buf_all(&c->token)), "result", slug);
	}
	assert_true(n > 30);
}

/* A token with the newline that a shell puts behind it, and two of them. */
static void
test_check_options(void **state)
{
	const struct corpus_case *c = find("EdDSA with kid");
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token = NHI_BUF(UTIL_BUF);
	const char *text;

	(void)state;
	util_write("set.json", nhi_buf_all(&c->jwks));
	nhi_buf_span(&token, nhi_buf_all(&c->token));
	nhi_buf_char(&token, '\n');
	text = said(0, WORDS(CHECK), nhi_buf_all(&token));
	starts(text, "ok\nalg      EdDSA\nkid      ed\nmark ");
	has(text, "subject  job:74\njti      id-1\n");
	has(text, "exp      1800000300\n");
	member(said(0, WORDS(CHECK, "--json"), nhi_buf_all(&token)),
	    "subject", "job:74");
	nhi_buf_char(&token, '\n');
	starts(said(1, WORDS(CHECK), nhi_buf_all(&token)), "base64url");

	c = find("a claim with an = in its name");
	util_write("set.json", nhi_buf_all(&c->jwks));
	has(said(0, WORDS(CHECK), nhi_buf_all(&c->token)), "subject  j??b\n");
	member(said(0, WORDS(CHECK, "--json"), nhi_buf_all(&c->token)),
	    "subject", "j??b");
	c = find("EdDSA with kid");
	util_write("set.json", nhi_buf_all(&c->jwks));

	starts(said(1, WORDS(CHECK, "--alg", "RS256,ES256"),
	    nhi_buf_all(&c->token)), "alg-not-allowed");
	starts(said(1, WORDS("check", "--issuer", URL, "--audience", AUD,
	    "--at", "1800000060", "--max-age", "5", "--skew", "0"),
	    nhi_buf_all(&c->token)), "too-old");
	starts(said(1, WORDS(CHECK, "--max-lifetime", "1m"),
	    nhi_buf_all(&c->token)), "lifetime");
	starts(said(0, WORDS(CHECK, "--skew", "0s"), nhi_buf_all(&c->token)),
	    "ok\n");
	/* The key set comes by descriptor, whatever its name is. */
	starts(said(0, WORDS(CHECK, "--jwks", "none.json"),
	    nhi_buf_all(&c->token)), "ok\n");
	text = said(0, WORDS("check", "--signature-only"),
	    nhi_buf_all(&c->token));
	starts(text, "ok\n");
	assert_null(strstr(text, "subject"));
}

static void
test_check_usage(void **state)
{
	(void)state;
	(void)said(2, WORDS("check"), NHI_SPAN("x"));
	(void)said(2, WORDS("check", "--issuer", URL), NHI_SPAN("x"));
	(void)said(2, WORDS("check", "--issuer", URL, "--issuer", URL),
	    NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--alg", "none"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--max-lifetime", "0s"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--max-age", "0"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--max-age", "soon"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--alg", "HS256"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--skew", "1parsec"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--skew"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--at", "1"), NHI_SPAN("x"));
	(void)said(2, WORDS("check", "--issuer", URL, "--audience", AUD, "--at",
	    "now"), NHI_SPAN("x"));
	(void)said(2, WORDS("check", "--issuer", "", "--audience", AUD),
	    NHI_SPAN("x"));
	(void)said(2, WORDS("check", "--issuer", URL, "--audience", ""),
	    NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "--colour", "red"), NHI_SPAN("x"));
	(void)said(2, WORDS(CHECK, "more"), NHI_SPAN("x"));
	/* No key set. */
	(void)unlink("set.json");
	starts(said(2, WORDS(CHECK), NHI_SPAN("x")), "jwks: ");
	util_write("set.json", NHI_SPAN("{\"keys\":[]}"));
	starts(said(1, WORDS(CHECK), NHI_SPAN("x")), "not-compact: ");
}

/* The largest token, and one that is larger. */
static void
test_large(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);

	(void)state;
	for (size_t i = 0; i < NHI_VERDICT_BYTES + 2; i++)
		nhi_buf_char(&b, 'x');
	starts(said(1, WORDS(CHECK), nhi_buf_all(&b)), "too-large");
	starts(said(1, WORDS("show"), nhi_buf_all(&b)), "too-large");
	starts(said(0, WORDS(EXPLAIN("token", "text")), nhi_buf_all(&b)),
	    "too-large");
	for (size_t i = 0; i < NHI_REQUEST_FIXED; i++)
		nhi_buf_char(&b, 'x');
	(void)said(NHI_EXIT_FAULT, WORDS("token", "1", "web-deploy", "-"),
	    nhi_buf_all(&b));
}

static void
test_show(void **state)
{
	const struct corpus_case *c = find("EdDSA with kid");

	(void)state;
	has(said(0, WORDS("show"), nhi_buf_all(&c->token)), "job:74");
	starts(said(1, WORDS("show"), NHI_SPAN("a.\x1b.c")), "base64url: ");
}

static void
publish_explained(void)
{
	place_publish("issuer corp custom " URL " set.json 1023 60 86400 0 "
	    "900 0 86400 1 1 0 0 0\naudience " AUD "\n"
	    "issuer other custom https://other.example.com none.json 1 60 "
	    "86400 0 900 0 86400 1 1 0 0 0\naudience " AUD "\n",
	    "identity web alice@example.com p web-deploy % 4102444800 0 900 "
	    "0 0 0 0\nmatch 0 0 1 sub job:74\nmatch 2 0 2 a b c\"d\\\n"
	    "match 1 1 1 n 1 2\nmatch 3 0 1 g x*\nmatch 0 2 1 t true\n"
	    "match 0 0 1 %c3%b6 %c3%b6\n"
	    "identity second alice@example.com p web-{sub} % 4102444800 1 900 "
	    "0 0 0 0\nmatch 0 0 1 sub deploy\n");
}

static const char claims[] = "{\"iss\":\"" URL "\",\"sub\":\"job:74\","
    "\"a\":{\"b\":\"c\\\"d\\\\e\"},\"n\":2,\"g\":\"xyz\",\"t\":true,"
    "\"\xc3\xb6\":\"\xc3\xb6\"}";

/* As JSON once the caller has put its own members around it. */
static void
json(const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
	const char *rest = strchr(strchr(text, '\n') + 1, '\n');

	assert_non_null(rest);
	nhi_buf_printf(&b, "{%s}", strchr(rest, '"'));
	member(nhi_buf_text(&b), "verified", "false");
}

static void
test_explain_claims(void **state)
{
	const char *text;

	(void)state;
	publish_explained();
	text = said(0, WORDS(EXPLAIN("claims", "text")), NHI_SPAN(claims));
	starts(text, "ok\n0\n\nclaims   not verified; issuer corp\n");
	has(text, "    ok  sub                      is job:74 (string)\n");
	has(text, "    ok  a/b                      prefix c\"d\\ (string)\n");
	has(text, "in 1 | 2 (integer)\n");
	has(text, "glob x* (string)\n");
	has(text, "is true (boolean)\n");
	has(text, "    ok  ??                       is ?? (string)\n");
	has(text, "identity second (issuer other): the token is another");
	has(text, "NO  account web-{sub} makes ");
	has(text, "token has job:74 (a string)\n");
	text = said(0, WORDS(EXPLAIN("claims", "json")), NHI_SPAN(claims));
	starts(text, "ok\n0\n\n\"verified\":false,");
	has(text, "\"want\":\"c\\\"d\\\\\"");
	has(text, "\"claim\":\"\\u00f6\",\"op\":\"is\","
	    "\"want\":\"\\u00f6\"");
	has(text, "\"issuer_ok\":false,\"account\":\"");
	json(text);
	has(said(0, WORDS(EXPLAIN("claims", "json")), NHI_SPAN("{\"iss\":\""
	    URL "\",\"sub\":\"j\xc3\xb6" "b:74\"}")),
	    "\"got\":\"j\\u00f6b:74\"");
	starts(said(0, WORDS(EXPLAIN("claims", "text")), NHI_SPAN("{\"iss\":"
	    "\"https://third.example.com\"}")), "issuer\n-\nno rule of ");
	starts(said(0, WORDS(EXPLAIN("claims", "text")), NHI_SPAN("{}")),
	    "no-match\n-\n");
	starts(said(0, WORDS(EXPLAIN("claims", "text")), NHI_SPAN("[")),
	    "json\n-\n");
	place_publish(place_issuer, place_identity);
}

static void
test_explain_token(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf crlf = NHI_BUF(UTIL_BUF);
	const struct corpus_case *c = find("EdDSA with kid");

	(void)state;
	util_write("set.json", nhi_buf_all(&c->jwks));
	has(said(0, WORDS(EXPLAIN("token", "text")), nhi_buf_all(&c->token)),
	    "token    verified: EdDSA, issuer corp, expires 300 s after");
	has(said(0, WORDS(EXPLAIN("token", "json")), nhi_buf_all(&c->token)),
	    "\"verified\":true");
	starts(said(0, WORDS(EXPLAIN("token", "text")), NHI_SPAN("a.b.c")),
	    "base64url\n-\n");
	/* The newline of another system; no other blank. */
	nhi_buf_span(&crlf, nhi_buf_all(&c->token));
	nhi_buf_str(&crlf, "\r\n");
	has(said(0, WORDS(EXPLAIN("token", "text")), nhi_buf_all(&crlf)),
	    "token    verified: EdDSA");
	nhi_buf_str(&crlf, "\n");
	starts(said(0, WORDS(EXPLAIN("token", "text")), nhi_buf_all(&crlf)),
	    "base64url\n-\n");
	(void)said(2, WORDS("explain", "2", "web-deploy", "token", NOW,
	    "text", "-"), NHI_SPAN("x"));
	(void)said(2, WORDS("explain", "1", "web-deploy", "token", "now",
	    "text", "-"), NHI_SPAN("x"));
}

/* Nothing is read, and nothing said, where a step of the sandbox fails. */
static void
test_steps(void **state)
{
	const char *const *const words[] = {
		WORDS("token", "1", "web-deploy", "-"),
		WORDS("certificate", "1", "web-deploy", "-"),
		WORDS(CHECK), WORDS(EXPLAIN("token", "text")), WORDS("show"),
	};

	(void)state;
	for (place_fails = PLACE_IDENTITY; place_fails <= PLACE_END;
	    place_fails++)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			assert_string_equal(said(place_fails != PLACE_END ||
			    i < 2 ? NHI_EXIT_FAULT : 2, words[i],
			    NHI_SPAN("x")), "");
	place_fails = PLACE_NONE;
}

/* An answer that cannot be given is none. */
static void
test_full(void **state)
{
	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	util_write("set.json", NHI_SPAN("{\"keys\":[]}"));
	place_output = "/dev/full";
	(void)said(2, WORDS(CHECK), NHI_SPAN("x"));
	(void)said(2, WORDS("show"), NHI_SPAN("x"));
	(void)said(2, WORDS(EXPLAIN("token", "text")), NHI_SPAN("x"));
	(void)said(NHI_EXIT_FAULT, WORDS("token", "1", "web-deploy", "-"),
	    NHI_SPAN("NHIQ\0\1nnnnnnnnnnnnnnnn\0\0\0\0k\x49\xd2\0\1\0\0\0\1x"));
	place_output = "written";
}

static void
test_usage(void **state)
{
	(void)state;
	(void)said(NHI_EXIT_USAGE, WORDS("sign"), NHI_SPAN(""));
	(void)said(NHI_EXIT_USAGE, WORDS("token", "1"), NHI_SPAN(""));
	(void)said(NHI_EXIT_USAGE, WORDS("show", "x"), NHI_SPAN(""));
	/* No request, half of one, and one of another kind. */
	(void)said(NHI_EXIT_FAULT, WORDS("token", "1", "web-deploy", "-"),
	    NHI_SPAN("x"));
	(void)said(NHI_EXIT_FAULT, WORDS("token", "1", "web-deploy", "-"),
	    NHI_SPAN("NHIQ\0\1nnnnnnnnnnnnnnnn\0\0\0\0k\x49\xd2\0\2\0\0\0\1x"));
	/* What cannot be opened is answered. */
	has(said(0, WORDS("token", "7", "web-deploy", "-"),
	    NHI_SPAN("NHIQ\0\1nnnnnnnnnnnnnnnn\0\0\0\0k\x49\xd2\0\1\0\0\0\1x")),
	    "NHIV");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_corpus),
		cmocka_unit_test(test_check_options),
		cmocka_unit_test(test_check_usage),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_explain_claims),
		cmocka_unit_test(test_explain_token),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_usage),
		/* End of the tests */
	};
	int failed;

	if (!corpus_load(&corpus, "tests/vectors/tokens.txt"))
		return 1;
	failed = cmocka_run_group_tests(tests, place_setup, util_teardown);
	corpus_free(&corpus);
	return failed;
}
