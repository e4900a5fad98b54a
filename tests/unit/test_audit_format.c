/* SPDX-License-Identifier: BSD-2-Clause */
/* The record's form: order, limits, and any bytes whatever in any text. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "lib/base/audit_field.h"

static const struct nhi_audit_stamp stamp = {
	.id = "01kc0000000000000000000000", .time_ms = 1763780645678,
	.pid = 4711,
};

static const struct nhi_event full = {
	.event = NHI_EVENT_SESSION_OPEN, .outcome = NHI_GRANT,
	.reason = NHI_ERR_BY_PERSON, .detail = "a sentence",
	.component = "pam_nhi", .host = "web-1.example.com",
	.service = "sshd", .identity = "web-deploy",
	.owner = "alice@example.com", .account = "web", .uid = 2000300001,
	.issuer = "github", .subject = "repo:a/b:ref:refs/heads/main",
	.mark = "0123456789abcdef0123", .jti = "j-1",
	.key = "SHA256:abc", .alg = "RS256", .kid = "k1",
	.serial = UINT64_C(9223372036854775807), .keyid = "nhi1:h:i:m",
	.expires = 1763780700, .session = "7-1-2", .audit_session = 7,
	.source = "10.0.0.1", .command = "id",
	.claims = { "run_id=12\nref=refs/heads/main\nempty=", 36 },
	.policy = "fedcba9876543210ffff", .took_us = 1234,
};

static const char full_line[] =
    "{\"v\":1,\"id\":\"01kc0000000000000000000000\","
    "\"time\":\"2025-11-22T03:04:05.678Z\",\"host\":\"web-1.example.com\","
    "\"event\":\"session.open\",\"outcome\":\"grant\","
    "\"reason\":\"by-person\",\"detail\":\"a sentence\","
    "\"component\":\"pam_nhi\",\"pid\":4711,\"service\":\"sshd\","
    "\"identity\":\"web-deploy\",\"owner\":\"alice@example.com\","
    "\"account\":\"web\",\"uid\":2000300001,\"issuer\":\"github\","
    "\"subject\":\"repo:a/b:ref:refs/heads/main\","
    "\"mark\":\"0123456789abcdef\",\"jti\":\"j-1\",\"key\":\"SHA256:abc\","
    "\"alg\":\"RS256\",\"kid\":\"k1\",\"serial\":\"9223372036854775807\","
    "\"keyid\":\"nhi1:h:i:m\",\"expires\":\"2025-11-22T03:05:00.000Z\","
    "\"session\":\"7-1-2\",\"auid_session\":7,\"source\":\"10.0.0.1\","
    "\"command\":\"id\",\"claims\":{\"run_id\":\"12\","
    "\"ref\":\"refs/heads/main\",\"empty\":\"\"},"
    "\"policy\":\"fedcba9876543210\",\"took_us\":1234}\n";

static void
format(const struct nhi_event *ev, char out[NHI_AUDIT_LINE + 1])
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_AUDIT_LINE);

	nhi_audit_format(ev, &stamp, &b);
	assert_int_equal(nhi_buf_check(&b, NULL), NHI_OK);
	assert_int_equal(strlen(nhi_buf_text(&b)), b.n);
	memcpy(out, nhi_buf_text(&b), b.n + 1);
}

static struct json_object *
parse(const char *line)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
	    JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, line, (int)strlen(line) - 1);
	assert_int_equal(json_tokener_get_error(tok), json_tokener_success);
	json_tokener_free(tok);
	return o;
}

static const char *
get(struct json_object *o, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(o, name, &v) ?
	    json_object_get_string(v) : NULL;
}

static void
test_full(void **state)
{
	char line[NHI_AUDIT_LINE + 1];

	(void)state;
	format(&full, line);
	assert_string_equal(line, full_line);
}

/* What is not known is not there, and the host is never missing. */
static void
test_empty(void **state)
{
	char line[NHI_AUDIT_LINE + 1];
	struct json_object *o;

	(void)state;
	format(&(struct nhi_event){ .event = NHI_EVENT_DOCTOR,
	    .outcome = NHI_INFO, .audit_session = UINT32_MAX, .mark = "12",
	    .policy = "FEDCBA9876543210", .expires = INT64_MAX,
	    .claims = { "no value\n=no name\n", 18 } }, line);
	o = parse(line);
	assert_int_equal(json_object_object_length(o), 7);
	assert_non_null(get(o, "host"));
	json_object_put(o);
}

static void
test_claims(void **state)
{
	char line[NHI_AUDIT_LINE + 1], value[400];
	struct json_object *o, *claims, *v;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);

	(void)state;
	memset(value, 'x', sizeof(value));
	nhi_buf_printf(&b, "long=%.*s\nlong=again\nnext=a=b\nlast=\xc3\xa9",
	    (int)sizeof(value), value);
	format(&(struct nhi_event){ .claims = nhi_buf_all(&b) }, line);
	o = parse(line);
	assert_true(json_object_object_get_ex(o, "claims", &claims));
	assert_int_equal(json_object_object_length(claims), 3);
	assert_true(json_object_object_get_ex(claims, "long", &v));
	assert_int_equal(json_object_get_string_len(v), 128);
	assert_string_equal(get(claims, "next"), "a=b");
	assert_string_equal(get(claims, "last"), "\xc3\xa9");
	assert_non_null(strstr(line, "\\u00e9"));
	json_object_put(o);
}

/* Too much: claims go from their end, then the detail's end. */
static void
test_order_of_loss(void **state)
{
	char line[NHI_AUDIT_LINE + 1], detail[4000];
	struct nhi_event ev = full;
	struct json_object *o, *claims;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);

	(void)state;
	for (unsigned int i = 0; i < 40; i++)
		nhi_buf_printf(&b, "%sc%02u=%0100u", i == 0 ? "" : "\n", i, i);
	ev.claims = nhi_buf_all(&b);
	format(&ev, line);
	o = parse(line);
	assert_string_equal(get(o, "detail"), full.detail);
	assert_string_equal(get(o, "took_us"), "1234");
	assert_true(json_object_object_get_ex(o, "claims", &claims));
	assert_in_range(json_object_object_length(claims), 8, 39);
	assert_non_null(get(claims, "c00"));
	assert_null(get(claims, "c39"));
	json_object_put(o);
	memset(detail, 'd', sizeof(detail) - 1);
	detail[sizeof(detail) - 1] = '\0';
	ev.detail = detail;
	format(&ev, line);
	assert_int_equal(strlen(line), NHI_AUDIT_LINE);
	o = parse(line);
	assert_null(get(o, "claims"));
	assert_true(strlen(get(o, "detail")) > 1000);
	json_object_put(o);
}

static const struct {
	const char *in;
	const char *json;
} texts[] = {
	{ "\"\\/", "\\\"\\\\/" },
	{ "\x01\n\x7f", "\\u0001\\u000a\\u007f" },
	{ "\xe2\x82\xac", "\\u20ac" },
	{ "\xf0\x9f\x98\x80", "\\ud83d\\ude00" },
	{ "\xf4\x8f\xbf\xbf", "\\udbff\\udfff" },
	{ "a\xff" "b", "a\\ufffdb" },
	{ "\xc0\xaf", "\\ufffd\\ufffd" },		/* overlong */
	{ "\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd" },
	{ "\xf0\x80\x80\xaf", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },	/* surrogate */
	{ "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "\xe2\x82", "\\ufffd\\ufffd" },		/* cut short */
	{ "\xe2" "AB", "\\ufffdAB" },
	/* End of the texts */
};

static void
test_texts(void **state)
{
	char line[NHI_AUDIT_LINE + 1], want[128];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		format(&(struct nhi_event){ .detail = texts[i].in }, line);
		(void)snprintf(want, sizeof(want), "\"detail\":\"%s\",\"pid\"",
		    texts[i].json);
		assert_non_null(strstr(line, want));
	}
}

/* 64 characters of a jti, whatever they take. */
static void
test_jti(void **state)
{
	char line[NHI_AUDIT_LINE + 1], jti[301], want[512] = "\"jti\":\"";

	(void)state;
	for (size_t i = 0; i < sizeof(jti) - 1; i += 3)
		memcpy(jti + i, "\xe2\x82\xac", 3);
	jti[sizeof(jti) - 1] = '\0';
	for (unsigned int i = 0; i < 64; i++)
		memcpy(want + strlen(want), "\\u20ac", 7);
	memcpy(want + strlen(want), "\",\"pol", 7);
	format(&(struct nhi_event){ .jti = jti,
	    .policy = "0123456789abcdef" }, line);
	assert_non_null(strstr(line, want));
}

static uint32_t
chance(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void
fill(char *out, size_t max, uint32_t *seed)
{
	size_t n = chance(seed) % max;
	bool hostile = chance(seed) % 2 == 0;

	for (size_t i = 0; i < n; i++)
		out[i] = hostile ? (char)(1 + chance(seed) % 255) :
		    (char)('a' + chance(seed) % 26);
	out[n] = '\0';
}

/* Fields come in the order of the table, each once. */
static void
check_order(struct json_object *o)
{
	struct json_object_iterator i = json_object_iter_begin(o);
	struct json_object_iterator end = json_object_iter_end(o);
	size_t at = 0;

	for (; !json_object_iter_equal(&i, &end); json_object_iter_next(&i)) {
		while (at < NHI_AUDIT_FIELDS &&
		    strcmp(nhi_audit_fields[at].name,
		    json_object_iter_peek_name(&i)) != 0)
			at++;
		assert_true(at++ < NHI_AUDIT_FIELDS);
	}
}

static void
test_random(void **state)
{
	static char texts_of[NHI_AUDIT_FIELDS][3000];
	char line[NHI_AUDIT_LINE + 1];
	uint32_t seed = 1;

	(void)state;
	for (unsigned int round = 0; round < 3000; round++) {
		size_t max = round % 3 == 0 ? 40 : round % 3 == 1 ? 300 : 3000;
		struct nhi_event ev = full;
		struct json_object *o;

		for (size_t i = 0; i < NHI_AUDIT_FIELDS; i++) {
			const struct nhi_audit_field *f = &nhi_audit_fields[i];
			const char *text = texts_of[i];

			fill(texts_of[i], max, &seed);
			if (f->kind == NHI_FIELD_CLAIMS)
				ev.claims = nhi_span_str(texts_of[i]);
			else if (f->kind == NHI_FIELD_TEXT ||
			    f->kind == NHI_FIELD_DETAIL ||
			    f->kind == NHI_FIELD_HOST)
				memcpy(nhi_audit_field_at(f, &ev), &text,
				    sizeof(text));
		}
		format(&ev, line);
		assert_true(strlen(line) <= NHI_AUDIT_LINE);
		for (size_t i = 0; line[i + 1] != '\0'; i++)
			assert_in_range(line[i], ' ', '~');
		o = parse(line);
		check_order(o);
		assert_string_equal(get(o, "took_us"), "1234");
		json_object_put(o);
	}
}

/* Texts of any length cannot push the sentence out. */
static void
test_detail_stays(void **state)
{
	char line[NHI_AUDIT_LINE + 1], bad[2000];
	struct json_object *o;

	(void)state;
	for (size_t n = 20; n < sizeof(bad); n += n < 200 ? 1 : 300) {
		struct nhi_event ev = full;
		const char *text = bad;

		memset(bad, n > 1000 ? 1 : 'x', n);
		bad[n] = '\0';
		for (size_t i = 0; i < NHI_AUDIT_FIELDS; i++)
			if (nhi_audit_fields[i].kind == NHI_FIELD_TEXT)
				memcpy(nhi_audit_field_at(&nhi_audit_fields[i],
				    &ev), &text, sizeof(text));
		format(&ev, line);
		o = parse(line);
		assert_string_equal(get(o, "detail"), full.detail);
		json_object_put(o);
	}
}

static void
test_ids(void **state)
{
	char last[NHI_AUDIT_ID + 1], id[NHI_AUDIT_ID + 1];

	(void)state;
	nhi_audit_id(1, last);
	assert_int_equal(strncmp(last, "0000000001", 10), 0);
	for (int64_t ms = 2; ms < 2000; ms++) {
		nhi_audit_id(ms, id);
		assert_int_equal(strlen(id), NHI_AUDIT_ID);
		assert_true(strcmp(last, id) < 0);
		assert_int_equal(strspn(id, "0123456789abcdefghjkmnpqrstvwxyz"),
		    NHI_AUDIT_ID);
		memcpy(last, id, sizeof(last));
	}
	nhi_audit_id(1999, id);
	assert_int_equal(strncmp(id, last, 10), 0);
	assert_true(strcmp(id, last) != 0);
	nhi_audit_id((INT64_C(1) << 48) - 1, id);
	assert_int_equal(strncmp(id, "7zzzzzzzzz", 10), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_order_of_loss),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_jti),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_detail_stays),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
