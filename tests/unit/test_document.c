/* SPDX-License-Identifier: BSD-2-Clause */
/* What a provider may say: discovery, key set, header fields, addresses. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fetch/document.h"
#include "fetch/header.h"
#include "fetch/url.h"
#include "lib/base/provider.h"

#define URL	"https://idp.example.com"
#define ED	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":"	\
	"\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"

static void
test_address(void **state)
{
	char out[NHI_CACHE_URL + 1];
	char url[NHI_CACHE_URL];

	(void)state;
	assert_true(nhi_document_address(URL, out));
	assert_string_equal(out, URL "/.well-known/openid-configuration");
	assert_true(nhi_document_address(URL "/a/", out));
	assert_string_equal(out, URL "/a/.well-known/openid-configuration");
	memset(url, 'x', sizeof(url));
	url[sizeof(url) - 1] = '\0';
	assert_false(nhi_document_address(url, out));
}

static void
test_discovery(void **state)
{
	static const struct {
		const char *text;
		enum nhi_err err;
	} cases[] = {
		{ "{\"issuer\":\"" URL "\",\"jwks_uri\":\"" URL "/k\"}",
		    NHI_OK },
		{ "{\"issuer\":\"" URL "/\",\"jwks_uri\":\"" URL "/k\"}",
		    NHI_ERR_FETCH_ISSUER },
		{ "{\"issuer\":\"https://IDP.example.com\",\"jwks_uri\":\""
		    URL "/k\"}", NHI_ERR_FETCH_ISSUER },
		{ "{\"issuer\":[\"" URL "\"],\"jwks_uri\":\"" URL "/k\"}",
		    NHI_ERR_FETCH_ISSUER },
		{ "{\"jwks_uri\":\"" URL "/k\"}", NHI_ERR_FETCH_ISSUER },
		{ "{\"issuer\":\"" URL "\"}", NHI_ERR_FETCH_ANSWER },
		{ "{\"issuer\":\"" URL "\",\"jwks_uri\":7}",
		    NHI_ERR_FETCH_ANSWER },
		{ "{\"issuer\":\"" URL "\",\"jwks_uri\":\"http://"
		    "idp.example.com/k\"}", NHI_ERR_FETCH_ANSWER },
		{ "{\"issuer\":\"" URL "\",\"jwks_uri\":\"file:///etc/passwd\""
		    "}", NHI_ERR_FETCH_ANSWER },
		{ "{\"issuer\":\"" URL "\",\"jwks_uri\":\"https://u:p@"
		    "idp.example.com/k\"}", NHI_ERR_FETCH_ANSWER },
		{ "{\"issuer\":\"" URL "\",\"jwks_uri\":\"" URL "/k\\r\\nA: "
		    "b\"}", NHI_ERR_FETCH_ANSWER },
		{ "{\"issuer\":\"x\",\"issuer\":\"" URL "\",\"jwks_uri\":\""
		    URL "/k\"}", NHI_ERR_FETCH_ANSWER },
		{ "<html>", NHI_ERR_FETCH_ANSWER },
		{ "", NHI_ERR_FETCH_ANSWER },
	};
	char out[NHI_CACHE_URL + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nhi_why why = { "" };

		out[0] = '\0';
		if (nhi_document_discovery(nhi_span_str(cases[i].text), URL,
		    out, &why) != cases[i].err)
			fail_msg("%s: %s", cases[i].text, why.text);
		assert_string_equal(out, cases[i].err == NHI_OK ? URL "/k" :
		    "");
	}
}

static void
test_keys(void **state)
{
	static const struct {
		const char *text;
		int64_t keys;		/* -1: refused */
	} cases[] = {
		{ "{\"keys\":[" ED "]}", 1 },
		{ "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}," ED "]}", 2 },
		{ "{\"keys\":[]}", -1 },
		{ "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", -1 },
		{ "{\"keys\":{}}", -1 },
		{ "{}", -1 },
		{ "[]", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t keys = -1;
		struct nhi_why why = { "" };

		assert_int_equal(nhi_document_keys(
		    nhi_span_str(cases[i].text), &keys, &why),
		    cases[i].keys < 0 ? NHI_ERR_JWKS : NHI_OK);
		assert_int_equal(keys, cases[i].keys);
	}
}

static void
take(const char *line, struct nhi_http_answer *a)
{
	nhi_header_take(nhi_span_str(line), a);
}

static void
test_header(void **state)
{
	struct nhi_http_answer a = NHI_HTTP_ANSWER;
	char line[400];

	(void)state;
	take("HTTP/1.1 200 OK\r\n", &a);
	take("ETag:  \"abc\" \r\n", &a);
	take("LAST-MODIFIED: then\r\n", &a);
	take("Cache-Control: public, max-age=600\r\n", &a);
	assert_string_equal(a.etag, "\"abc\"");
	assert_string_equal(a.modified, "then");
	assert_int_equal(a.max_age, 600);
	take("cache-control: Max-Age=60, max-age=x, max-age=-1\r\n", &a);
	assert_int_equal(a.max_age, 60);
	/* What would be a line of its own in our next request. */
	take("ETag: a\rb\r\n", &a);
	assert_string_equal(a.etag, "\"abc\"");
	memset(line, 'x', sizeof(line));
	memcpy(line, "ETag: ", 6);
	line[sizeof(line) - 1] = '\0';
	take(line, &a);
	assert_string_equal(a.etag, "\"abc\"");
	take("HTTP/1.1 200 OK\r\n", &a);
	assert_string_equal(a.etag, "");
	assert_int_equal(a.max_age, 0);
	take("Cache-Control: no-store\r\n", &a);
	assert_int_equal(a.max_age, 1);
	take("\r\n", &a);
	take("", &a);
}

static void
test_url(void **state)
{
	(void)state;
	assert_true(nhi_url_valid(URL "/a?b=c"));
	assert_true(nhi_url_valid("https://[::1]:8443/"));
	assert_false(nhi_url_valid("http://idp.example.com/"));
	assert_false(nhi_url_valid("https://a@idp.example.com/"));
	assert_false(nhi_url_valid(URL "/#x"));
	assert_false(nhi_url_valid(URL "/a b"));
	assert_false(nhi_url_valid("idp.example.com"));
	assert_false(nhi_url_valid(""));
	assert_true(nhi_url_same_host(URL "/a", "https://IDP.example.com/b"));
	assert_true(nhi_url_same_host(URL, URL ":443/"));
	assert_false(nhi_url_same_host(URL, URL ":8443/"));
	assert_false(nhi_url_same_host(URL, URL ".evil.example/"));
}

static void
test_provider(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(4096);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf again = NHI_BUF(4096);
	NHI_AUTO(nhi_provider_wipe) struct nhi_provider out = { .name = NULL };
	char w[8][32] = { "idp", "custom", URL, "/c/idp.json", URL "/k",
	    "/ca file", "", "http://proxy:3128" };
	char host[] = "third.example.com", *hosts[] = { host };
	const struct nhi_provider p = { w[0], w[1], w[2], w[3], w[4], w[5],
	    w[6], w[7], { hosts, 1 }, 86400, false };
	struct nhi_why why = { "" };

	(void)state;
	nhi_provider_format(&p, &text);
	assert_int_equal(nhi_provider_parse(nhi_buf_all(&text), &out, &why),
	    NHI_OK);
	nhi_provider_format(&out, &again);
	assert_string_equal(nhi_buf_text(&again), nhi_buf_text(&text));
	assert_string_equal(out.ca_file, "/ca file");
	assert_string_equal(out.bearer_file, "");
	assert_int_equal(out.hosts.n, 1);
	for (size_t n = 0; n < text.n; n++) {
		struct nhi_provider cut = { .name = NULL };

		assert_int_equal(nhi_provider_parse((struct nhi_span){
		    text.p, n }, &cut, &why), NHI_ERR_POLICY_INVALID);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_discovery),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_provider),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
