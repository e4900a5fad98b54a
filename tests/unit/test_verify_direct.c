/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The direct road: a certificate that its own key signed, with a token in it.
 * Who may come this way, and each way in which the two do not belong together.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "lib/ssh/hash.h"
#include "lib/token/base64url.h"
#include "tests/unit/ssh_util.h"
#include "tests/unit/verify_place.h"

#define ISSUER "issuer corp custom https://issuer.example.com set.json 1023 " \
    "60 86400 0 900 0 86400 1 1 0 %s 0\naudience ssh://web-1.example.com\n"
#define IDENTITY "identity %s alice@example.com deploys web-deploy %% " \
    "4102444800 0 900 0 0 0 0\n%smatch 0 0 1 sub %s\n"
#define VALID	"-n web-deploy -O clear -V 20270115075900:20270115081500"

static EVP_PKEY *signer;

/* Two identities, of which one may come this way, where the issuer binds. */
static void
publish(const char *binds, const char *direct)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf issuer = NHI_BUF(4096);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf identities = NHI_BUF(4096);

	nhi_buf_printf(&issuer, ISSUER, binds);
	nhi_buf_printf(&identities, IDENTITY, "direct", direct, "job:1");
	nhi_buf_printf(&identities, IDENTITY, "other", "", "job:2");
	place_publish(nhi_buf_text(&issuer), nhi_buf_text(&identities));
}

static void
write_set(void)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	unsigned char raw[32];
	size_t n = sizeof(raw);

	assert_int_equal(EVP_PKEY_get_raw_public_key(signer, raw, &n), 1);
	nhi_buf_str(&b, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
	    "\"kid\":\"k\",\"x\":\"");
	nhi_base64url_put(&b, (struct nhi_span){ (const char *)raw, n });
	nhi_buf_str(&b, "\"}]}");
	util_write("set.json", nhi_buf_all(&b));
}

static int
setup(void **state)
{
	static const unsigned char seed[32] = "the issuer's key of this test..";

	if (place_setup(state) != 0 || (signer = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed, sizeof(seed))) == NULL)
		return -1;
	write_set();
	publish("1", "direct 1\n");
	if (util_run("command -v ssh-keygen") != 0)
		return 0;
	for (size_t i = 0; util_types[i] != NULL; i++)
		util_keygen("bot", util_types[i]);
	return 0;
}

static int
teardown(void **state)
{
	EVP_PKEY_free(signer);
	return util_teardown(state);
}

static void
mint(const char *sub, const char *audience, struct nhi_buf *ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf claims = NHI_BUF(4096);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sig[64];
	size_t n = sizeof(sig);

	nhi_buf_printf(&claims, "{\"iss\":\"https://issuer.example.com\","
	    "\"sub\":\"%s\",\"aud\":[%s],\"iat\":%d,\"exp\":%d}", sub,
	    audience, PLACE_NOW - 10, PLACE_NOW + 300);
	nhi_base64url_put(ret, NHI_SPAN("{\"alg\":\"EdDSA\",\"kid\":\"k\"}"));
	nhi_buf_char(ret, '.');
	nhi_base64url_put(ret, nhi_buf_all(&claims));
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, signer), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &n,
	    (const unsigned char *)ret->p, ret->n), 1);
	EVP_MD_CTX_free(ctx);
	nhi_buf_char(ret, '.');
	nhi_base64url_put(ret, (struct nhi_span){ (const char *)sig, n });
}

/* The audience that binds to the key of this type, quoted. */
static const char *
bound(const char *type)
{
	static char text[160];
	char path[64], fingerprint[NHI_SSH_FINGERPRINT];
	struct nhi_ssh_key *key;
	struct nhi_why why;

	(void)snprintf(path, sizeof(path), "bot-%s.pub", type);
	key = util_public(path);
	assert_int_equal(nhi_ssh_hash_key(key, fingerprint, &why), NHI_OK);
	nhi_ssh_key_freep(&key);
	(void)snprintf(text, sizeof(text),
	    "\"ssh://web-1.example.com#%s\"", fingerprint);
	return text;
}

/* The token in a certificate that the key of this type signs for itself. */
static void
seal(const char *type, const char *words, const struct nhi_buf *token,
    struct nhi_buf *line)
{
	char path[64];

	assert_int_equal(util_run("TZ=UTC ssh-keygen -q -s bot-%s -I x %s "
	    "-O extension:token@nhi=%s bot-%s.pub", type, words,
	    nhi_buf_text(token), type), 0);
	(void)snprintf(path, sizeof(path), "bot-%s-cert.pub", type);
	util_read(path, line);
	if (line->n > 0 && line->p[line->n - 1] == '\n')
		line->n--;
}

static enum nhi_err
ask(const char *type, const char *words, const char *sub, const char *audience,
    struct nhi_verdict *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf word = NHI_BUF(UTIL_BUF);
	struct nhi_span rest, first;
	enum nhi_err err;

	mint(sub, audience, &token);
	seal(type, words, &token, &line);
	rest = nhi_buf_all(&line);
	assert_true(nhi_span_cut(&rest, ' ', &first));
	nhi_buf_span(&word, first);
	place_key = nhi_buf_text(&word);
	err = place_ask(NHI_KIND_DIRECT, nhi_buf_all(&line), v);
	place_key = "-";
	return err;
}

static bool
says(const struct nhi_verdict *v, const char *text)
{
	char detail[512];

	nhi_verdict_value(v, "detail", detail, sizeof(detail));
	return strstr(detail, text) != NULL;
}

/* A key of each type, whose algorithm was warmed up before the sandbox. */
static void
test_types(void **state)
{
	char text[128], path[64];
	uint8_t hash[NHI_SSH_HASH];
	struct nhi_verdict v;
	struct nhi_why why;

	(void)state;
	util_need_keygen();
	for (size_t i = 0; util_types[i] != NULL; i++) {
		struct nhi_ssh_key *key;

		assert_int_equal(ask(util_types[i], VALID, "job:1",
		    bound(util_types[i]), &v), NHI_OK);
		assert_int_equal(v.identity, 0);
		assert_int_equal(v.exp, PLACE_NOW + 300);
		(void)snprintf(path, sizeof(path), "bot-%s.pub",
		    util_types[i]);
		key = util_public(path);
		assert_int_equal(nhi_ssh_hash(nhi_buf_all(&key->blob), hash,
		    &why), NHI_OK);
		nhi_ssh_key_freep(&key);
		assert_memory_equal(v.key, hash, sizeof(hash));
		nhi_verdict_value(&v, "key", text, sizeof(text));
		assert_non_null(strstr(bound(util_types[i]), text));
		nhi_verdict_value(&v, "subject", text, sizeof(text));
		assert_string_equal(text, "job:1");
	}
}

/* The certificate: whose it is, when, and that nothing limits it. */
static void
test_certificate(void **state)
{
	static const struct {
		const char *words;
		enum nhi_err err;
	} cases[] = {
		{ "-n root -O clear -V 20270115075900:20270115081500",
		    NHI_ERR_CERT_PRINCIPAL },
		{ VALID " -O force-command=id", NHI_ERR_CERT_OPTIONS },
		{ "-n web-deploy -O clear -V 20270115070000:20270115075900",
		    NHI_ERR_CERT_EXPIRED },
		{ "-n web-deploy -O clear -V 20270115080100:20270115081500",
		    NHI_ERR_CERT_EXPIRED },
		{ "-h -n web-deploy -V 20270115075900:20270115081500",
		    NHI_ERR_CERT_TYPE },
		/* End of the cases */
	};
	struct nhi_verdict v;

	(void)state;
	util_need_keygen();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (ask("ed25519", cases[i].words, "job:1", bound("ed25519"),
		    &v) != cases[i].err)
			fail_msg("%s: %s", cases[i].words,
			    nhi_err_slug(v.reason));
	assert_int_equal(place_ask(NHI_KIND_DIRECT, NHI_SPAN("nonsense"), &v),
	    NHI_ERR_INPUT);
}

/* A token that could be used elsewhere, or was meant for another key. */
static void
test_token(void **state)
{
	char two[400];
	struct nhi_verdict v;

	(void)state;
	util_need_keygen();
	assert_int_equal(ask("ed25519", VALID, "job:1",
	    "\"ssh://web-1.example.com\"", &v), NHI_ERR_BINDING);
	assert_int_equal(ask("ed25519", VALID, "job:1", bound("ecdsa256"),
	    &v), NHI_ERR_BINDING);
	(void)snprintf(two, sizeof(two), "%s,\"https://elsewhere.example.com\"",
	    bound("ed25519"));
	assert_int_equal(ask("ed25519", VALID, "job:1", two, &v),
	    NHI_ERR_BINDING);
}

/* Of the account's identities one alone; and none where nothing is bound. */
static void
test_identity(void **state)
{
	struct nhi_verdict v;

	(void)state;
	util_need_keygen();
	assert_int_equal(ask("ed25519", VALID, "job:2", bound("ed25519"), &v),
	    NHI_ERR_NO_MATCH);
	assert_true(says(&v, "identity other has not direct"));
	assert_int_equal(ask("ed25519", VALID, "job:3", bound("ed25519"), &v),
	    NHI_ERR_NO_MATCH);
	publish("1", "");
	assert_int_equal(ask("ed25519", VALID, "job:1", bound("ed25519"), &v),
	    NHI_ERR_NO_MATCH);
	assert_true(says(&v, "no identity of web-deploy has direct"));
	publish("0", "direct 1\n");
	assert_int_equal(ask("ed25519", VALID, "job:1", bound("ed25519"), &v),
	    NHI_ERR_NO_MATCH);
	publish("1", "direct 1\n");
}

/* Any bit of it, and the token in it: the signature is over both. */
static void
test_flipped(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(UTIL_BUF);
	struct nhi_verdict v;
	size_t end;

	(void)state;
	util_need_keygen();
	mint("job:1", bound("ed25519"), &token);
	seal("ed25519", VALID, &token, &line);
	assert_int_equal(place_ask(NHI_KIND_DIRECT, nhi_buf_all(&line), &v),
	    NHI_OK);
	/* Of the last digits not all bits count. */
	end = (size_t)(strrchr(nhi_buf_text(&line), ' ') - line.p) - 3;
	for (size_t i = 40; i < end; i += 23) {
		char c = line.p[i];

		line.p[i] = c == 'A' ? 'B' : 'A';
		if (place_ask(NHI_KIND_DIRECT, nhi_buf_all(&line), &v) == NHI_OK)
			fail_msg("%zu of %zu: %c", i, line.n, c);
		line.p[i] = c;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_flipped),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
