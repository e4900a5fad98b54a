/* SPDX-License-Identifier: BSD-2-Clause */
/* CA keys as ssh-keygen writes them, and spoilt ones. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"
#include "tests/unit/ssh_util.h"

static enum nhi_err
parse(struct nhi_span text)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;
	enum nhi_err err = nhi_ssh_private_parse(text, &key, NULL);

	assert_true((err == NHI_OK) == (key != NULL));
	return err;
}

static void
every_type(void **state)
{
	char path[64];

	(void)state;
	util_need_keygen();
	for (size_t i = 0; util_types[i] != NULL; i++) {
		NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key =
		    NULL;
		NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *public = NULL;

		util_keygen("ca", util_types[i]);
		(void)snprintf(path, sizeof(path), "ca-%s", util_types[i]);
		key = util_private(path);
		(void)snprintf(path, sizeof(path), "ca-%s.pub", util_types[i]);
		public = util_public(path);
		assert_true(nhi_ssh_key_equal(key->key, public));
		assert_string_equal(key->key->comment, "ca@example.com");
	}
}

static void
passphrase(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;
	struct nhi_why why = { "" };

	(void)state;
	util_need_keygen();
	assert_int_equal(util_run("ssh-keygen -q -t ed25519 -N secret -f enc"),
	    0);
	util_read("enc", &text);
	assert_int_equal(nhi_ssh_private_parse(nhi_buf_all(&text), &key, &why),
	    NHI_ERR_CA_KEY);
	assert_non_null(strstr(why.text, "passphrase"));
}

static void
other_formats(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);

	(void)state;
	util_need_keygen();
	assert_int_equal(util_run("ssh-keygen -q -t rsa -b 2048 -m PEM -N ''"
	    " -f pem && ssh-keygen -q -t rsa -b 1024 -N '' -f weak"), 0);
	util_read("pem", &text);
	assert_int_equal(parse(nhi_buf_all(&text)), NHI_ERR_CA_KEY);
	nhi_buf_reset(&text);
	util_read("pem.pub", &text);
	assert_int_equal(parse(nhi_buf_all(&text)), NHI_ERR_CA_KEY);
	nhi_buf_reset(&text);
	util_read("weak", &text);
	assert_int_equal(parse(nhi_buf_all(&text)), NHI_ERR_CA_KEY);
	assert_int_equal(parse(NHI_SPAN("")), NHI_ERR_CA_KEY);
}

/* Each prefix of the file but the one that lacks the last line feed. */
static void
truncated(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);

	(void)state;
	util_need_keygen();
	util_keygen("ca", "ecdsa256");
	util_read("ca-ecdsa256", &text);
	for (size_t n = 0; n < text.n - 1; n++)
		if (parse((struct nhi_span){ text.p, n }) == NHI_OK)
			fail_msg("taken after %zu bytes", n);
	assert_int_equal(parse((struct nhi_span){ text.p, text.n - 1 }),
	    NHI_OK);
	nhi_buf_char(&text, '\n');
	assert_int_equal(parse(nhi_buf_all(&text)), NHI_ERR_CA_KEY);
}

/* The bytes in the armour. */
static void
load(const char *path, struct nhi_buf *blob)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf base64 = NHI_BUF(UTIL_BUF);
	struct nhi_span in, line;

	util_read(path, &text);
	in = nhi_buf_all(&text);
	while (nhi_span_cut(&in, '\n', &line))
		if (line.n > 0 && line.p[0] != '-')
			nhi_buf_span(&base64, line);
	assert_true(nhi_ssh_base64_decode(nhi_buf_all(&base64), blob));
}

static enum nhi_err
parse_blob(const struct nhi_buf *blob, struct nhi_ssh_private **ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);

	nhi_buf_str(&text, NHI_SSH_PRIVATE_BEGIN "\n");
	nhi_ssh_base64_encode(nhi_buf_all(blob), &text);
	nhi_buf_str(&text, "\n" NHI_SSH_PRIVATE_END "\n");
	return nhi_ssh_private_parse(nhi_buf_all(&text), ret, NULL);
}

/* A flipped bit is refused, or was in the comment (the last 24 bytes). */
static void
flip_all(const char *type)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(UTIL_BUF);
	char path[64];
	size_t taken = 0;

	util_keygen("ca", type);
	(void)snprintf(path, sizeof(path), "ca-%s", type);
	load(path, &blob);
	for (size_t i = 0; i < blob.n * 8; i++) {
		NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key =
		    NULL;

		blob.p[i / 8] ^= (char)(1U << i % 8);
		if (parse_blob(&blob, &key) == NHI_OK) {
			taken++;
			if (i / 8 + 24 < blob.n)
				fail_msg("%s: bit %zu of %zu bytes", type, i,
				    blob.n);
		}
		blob.p[i / 8] ^= (char)(1U << i % 8);
	}
	assert_true(taken > 0 && taken <= 8 * strlen("ca@example.com"));
}

static void
flipped(void **state)
{
	(void)state;
	util_need_keygen();
	flip_all("ed25519");
	flip_all("ecdsa256");
	flip_all("ecdsa521");
}

/* Private part of one key, public part of another. */
static void
mixed(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf one = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf two = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;
	const size_t seed = 15 + 16 + 4 + 4 + 55 + 4 + 8 + 15 + 36 + 4;

	(void)state;
	util_need_keygen();
	util_keygen("ca", "ed25519");
	util_keygen("bot", "ed25519");
	load("ca-ed25519", &one);
	load("bot-ed25519", &two);
	assert_int_equal(parse_blob(&one, &key), NHI_OK);
	nhi_ssh_private_freep(&key);
	nhi_buf_reset(&one);
	load("ca-ed25519", &one);
	memcpy(one.p + seed, two.p + seed, 32);
	assert_int_equal(parse_blob(&one, &key), NHI_ERR_CA_KEY);
	/* The public part that stands twice inside is not the outer one. */
	nhi_buf_reset(&one);
	load("ca-ed25519", &one);
	memcpy(one.p + seed - 36, two.p + seed - 36, 32);
	memcpy(one.p + seed + 32, two.p + seed + 32, 32);
	assert_int_equal(parse_blob(&one, &key), NHI_ERR_CA_KEY);
	assert_null(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(passphrase),
		cmocka_unit_test(other_formats),
		cmocka_unit_test(truncated),
		cmocka_unit_test(flipped),
		cmocka_unit_test(mixed),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
