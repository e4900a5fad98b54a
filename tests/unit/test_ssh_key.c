/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys: those of ssh-keygen, and every way to spoil one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/wire.h"
#include "tests/unit/ssh_util.h"

static enum nhi_err
parse_blob(const struct nhi_buf *b)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	enum nhi_err err;

	assert_int_equal(b->err, NHI_OK);
	err = nhi_ssh_key_parse_blob(nhi_buf_all(b), &key, NULL);
	assert_true((err == NHI_OK) == (key != NULL));
	return err;
}

static enum nhi_err
parse_line(const char *fmt, const char *type, const char *base64)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;

	for (; *fmt != '\0'; fmt++)
		if (*fmt == 'T' || *fmt == 'B')
			nhi_buf_str(&line, *fmt == 'T' ? type : base64);
		else
			nhi_buf_char(&line, *fmt);
	return nhi_ssh_key_parse_line(nhi_buf_all(&line), &key, NULL);
}

/* Read, write, and read as two words; cut and lengthened it is refused. */
static void
check_keygen(const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *again = NULL;
	struct nhi_ssh_line l;
	struct nhi_span blob;

	util_read(path, &text);
	key = util_public(path);
	assert_string_equal(key->comment, "bot@example.com");
	nhi_ssh_key_format(key, &out);
	nhi_buf_char(&out, '\n');
	assert_string_equal(nhi_buf_text(&out), nhi_buf_text(&text));
	assert_int_equal(nhi_ssh_line_split(nhi_buf_all(&text), &l, NULL),
	    NHI_OK);
	assert_int_equal(nhi_ssh_key_parse(l.type, l.base64, &again, NULL),
	    NHI_OK);
	assert_true(nhi_ssh_key_equal(key, again));
	assert_string_equal(again->comment, "");
	blob = nhi_buf_all(&key->blob);
	for (size_t n = 0; n < blob.n; n++) {
		struct nhi_ssh_key *cut = NULL;

		if (nhi_ssh_key_parse_blob((struct nhi_span){ blob.p, n },
		    &cut, NULL) == NHI_OK)
			fail_msg("%s: taken after %zu bytes", path, n);
	}
	nhi_buf_u8(&key->blob, 0);
	assert_int_equal(parse_blob(&key->blob), NHI_ERR_KEY_INVALID);
}

static void
keygen(void **state)
{
	char path[64];

	(void)state;
	util_need_keygen();
	for (size_t i = 0; util_types[i] != NULL; i++) {
		util_keygen("bot", util_types[i]);
		(void)snprintf(path, sizeof(path), "bot-%s.pub",
		    util_types[i]);
		check_keygen(path);
	}
}

static void
put_ed25519(struct nhi_buf *out, size_t bytes)
{
	nhi_wire_put_str(out, "ssh-ed25519");
	nhi_buf_u32(out, (uint32_t)bytes);
	for (size_t i = 0; i < bytes; i++)
		nhi_buf_u8(out, 7);
}

static void
ed25519(void **state)
{
	(void)state;
	for (size_t n = 0; n < 70; n++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

		put_ed25519(&b, n);
		assert_int_equal(parse_blob(&b),
		    n == 32 ? NHI_OK : NHI_ERR_KEY_INVALID);
	}
}

struct point {
	const char *type, *curve;
	uint8_t form;
	size_t bytes;
	enum nhi_err err;
};

static void
ecdsa(void **state)
{
	static const struct point points[] = {
		{ "ecdsa-sha2-nistp256", "nistp256", 4, 65, NHI_OK },
		{ "ecdsa-sha2-nistp384", "nistp384", 4, 97, NHI_OK },
		{ "ecdsa-sha2-nistp521", "nistp521", 4, 133, NHI_OK },
		{ "ecdsa-sha2-nistp256", "nistp384", 4, 65, 1 },
		{ "ecdsa-sha2-nistp256", "nistp384", 4, 97, 1 },
		{ "ecdsa-sha2-nistp384", "nistp256", 4, 65, 1 },
		{ "ecdsa-sha2-nistp256", "", 4, 65, 1 },
		{ "ecdsa-sha2-nistp256", "nistp256", 4, 64, 1 },
		{ "ecdsa-sha2-nistp256", "nistp256", 4, 66, 1 },
		{ "ecdsa-sha2-nistp256", "nistp256", 2, 33, 1 },
		{ "ecdsa-sha2-nistp256", "nistp256", 2, 65, 1 },
		{ "ecdsa-sha2-nistp256", "nistp256", 6, 65, 1 },
		{ "ecdsa-sha2-nistp256", "nistp256", 0, 1, 1 },
		{ "ecdsa-sha2-nistp224", "nistp224", 4, 57, 1 },
		{ "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", 4, 65, 1 },
		/* End of the points */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
		const struct point *p = &points[i];

		nhi_wire_put_str(&b, p->type);
		nhi_wire_put_str(&b, p->curve);
		nhi_buf_u32(&b, (uint32_t)p->bytes);
		nhi_buf_u8(&b, p->form);
		for (size_t j = 1; j < p->bytes; j++)
			nhi_buf_u8(&b, 1);
		assert_int_equal(parse_blob(&b), p->err == NHI_OK ? NHI_OK :
		    NHI_ERR_KEY_INVALID);
	}
}

/* An mpint of so many bits, odd or even. */
static void
put_number(struct nhi_buf *out, size_t bits, uint8_t last)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	size_t bytes = (bits + 7) / 8;

	for (size_t i = 0; i < bytes; i++)
		nhi_buf_u8(&b, i == bytes - 1 ? last : 0x11);
	if (bytes > 1)
		b.p[0] = (char)(1U << ((bits - 1) % 8));
	nhi_wire_put_mpint(out, nhi_buf_all(&b));
}

static void
rsa(void **state)
{
	static const struct {
		size_t ebits;
		uint8_t elast;
		size_t nbits;
		uint8_t nlast;
		enum nhi_err err;
	} keys[] = {
		{ 17, 1, 2048, 1, NHI_OK },
		{ 2, 3, 3072, 0xff, NHI_OK },
		{ 64, 1, 16384, 1, NHI_OK },
		{ 17, 1, 2047, 1, NHI_ERR_KEY_WEAK },
		{ 17, 1, 1024, 1, NHI_ERR_KEY_WEAK },
		{ 17, 1, 8, 0x91, NHI_ERR_KEY_WEAK },
		{ 17, 1, 16385, 1, NHI_ERR_KEY_INVALID },
		{ 17, 1, 2048, 2, NHI_ERR_KEY_INVALID },
		{ 17, 2, 2048, 1, NHI_ERR_KEY_INVALID },
		{ 1, 1, 2048, 1, NHI_ERR_KEY_INVALID },
		{ 65, 1, 2048, 1, NHI_ERR_KEY_INVALID },
		{ 2048, 1, 2048, 1, NHI_ERR_KEY_INVALID },
		/* End of the keys */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);

		nhi_wire_put_str(&b, "ssh-rsa");
		put_number(&b, keys[i].ebits, keys[i].elast);
		put_number(&b, keys[i].nbits, keys[i].nlast);
		assert_int_equal(parse_blob(&b), keys[i].err);
	}
}

/* The same numbers, spelt otherwise. */
static void
rsa_spelling(void **state)
{
	static const struct nhi_span exponents[] = {
		BYTES("\0\0\0\x03\x01\0\x01"), BYTES("\0\0\0\x04\0\x01\0\x01"),
		BYTES("\0\0\0\0"), BYTES("\0\0\0\x01\x81"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);

		nhi_wire_put_str(&b, "ssh-rsa");
		nhi_buf_span(&b, exponents[i]);
		put_number(&b, 2048, 1);
		assert_int_equal(parse_blob(&b), i == 0 ? NHI_OK :
		    NHI_ERR_KEY_INVALID);
	}
}

static void
lines(void **state)
{
	static const struct { const char *fmt; bool taken; } forms[] = {
		{ "T B", true }, { "T B\n", true }, { "T B ", true },
		{ "T B a b  c", true }, { "T B \xc3\xa9\n", true },
		{ "", false }, { "\n", false }, { "T", false }, { "T ", false },
		{ "T\n", false }, { "T  B", false }, { " T B", false },
		{ "T\tB", false }, { "T B\r\n", false }, { "T B\n\n", false },
		{ "T B c\x7f", false }, { "T B a\tb", false },
		{ "T B c\nT B", false }, { "B", false }, { "B T", false },
		{ "no-pty T B", false }, { "# T B", false }, { "TB", false },
		{ "x T B", false }, { "T BB", false }, { "T B=", false },
		{ "Tx B", false }, { "ssh-rsa B", false }, { "ssh-dss B", false },
		{ "sk-T@openssh.com B", false },
		{ "T-cert-v01@openssh.com B", false },
		/* End of the forms */
	};
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf base64 = NHI_BUF(4096);
	char fmt[NHI_SSH_COMMENT_MAX + 6] = "T B ";

	(void)state;
	put_ed25519(&b, 32);
	nhi_ssh_base64_encode(nhi_buf_all(&b), &base64);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (parse_line(forms[i].fmt, "ssh-ed25519",
		    nhi_buf_text(&base64)) != (forms[i].taken ? NHI_OK :
		    NHI_ERR_KEY_INVALID))
			fail_msg("form %zu: %s", i, forms[i].fmt);
	memset(fmt + 4, 'c', NHI_SSH_COMMENT_MAX);
	assert_int_equal(parse_line(fmt, "ssh-ed25519",
	    nhi_buf_text(&base64)), NHI_OK);
	fmt[strlen(fmt)] = 'c';
	assert_int_equal(parse_line(fmt, "ssh-ed25519",
	    nhi_buf_text(&base64)), NHI_ERR_KEY_INVALID);
}

static void
too_long(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;

	(void)state;
	nhi_buf_str(&b, "ssh-rsa ");
	for (size_t i = 0; i < 4 * NHI_SSH_KEY_MAX; i++)
		nhi_buf_char(&b, 'A');
	assert_int_equal(nhi_ssh_key_parse_line(nhi_buf_all(&b), &key, NULL),
	    NHI_ERR_KEY_INVALID);
	assert_int_equal(parse_blob(&b), NHI_ERR_KEY_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keygen),
		cmocka_unit_test(ed25519),
		cmocka_unit_test(ecdsa),
		cmocka_unit_test(rsa),
		cmocka_unit_test(rsa_spelling),
		cmocka_unit_test(lines),
		cmocka_unit_test(too_long),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
