/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of trusted CA keys. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/trusted.h"
#include "lib/ssh/wire.h"
#include "tests/unit/ssh_util.h"

/* "ssh-ed25519 AAAA..." for a key whose bytes are all n. */
static void
put_key(struct nhi_buf *out, uint8_t n)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(4096);

	nhi_wire_put_str(&blob, "ssh-ed25519");
	nhi_buf_u32(&blob, 32);
	for (size_t i = 0; i < 32; i++)
		nhi_buf_u8(&blob, n);
	nhi_buf_str(out, "ssh-ed25519 ");
	nhi_ssh_base64_encode(nhi_buf_all(&blob), out);
}

/* Text in which X, Y and Z stand for keys. */
static void
put_text(struct nhi_buf *out, const char *fmt)
{
	for (; *fmt != '\0'; fmt++) {
		if (*fmt >= 'X' && *fmt <= 'Z')
			put_key(out, (uint8_t)*fmt);
		else
			nhi_buf_char(out, *fmt);
	}
}

static enum nhi_err
parse(const char *fmt, struct nhi_ssh_trusted **ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);

	put_text(&text, fmt);
	return nhi_ssh_trusted_parse(nhi_buf_all(&text), ret, NULL);
}

static void
find(void **state)
{
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *t = NULL;
	const char *const hosts[] = { "web-1.example.com", "db-1", NULL };
	const char *host = NULL;

	(void)state;
	assert_int_equal(parse("# ours\nX web-1.example.com\n\n \t\nY db-1\n",
	    &t), NHI_OK);
	assert_int_equal(t->n, 2);
	for (size_t i = 0; i < 3; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(4096);
		NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;

		put_key(&line, (uint8_t)('X' + i));
		assert_int_equal(nhi_ssh_key_parse_line(nhi_buf_all(&line),
		    &key, NULL), NHI_OK);
		host = NULL;
		assert_int_equal(nhi_ssh_trusted_find(t, key, &host, NULL),
		    hosts[i] == NULL ? NHI_ERR_CERT_CA : NHI_OK);
		if (hosts[i] == NULL)
			assert_null(host);
		else
			assert_string_equal(host, hosts[i]);
	}
}

static void
forms(void **state)
{
	static const struct {
		const char *fmt;
		bool taken;
	} texts[] = {
		{ "", true }, { "\n", true }, { "#\n", true },
		{ "X h", true }, { "X h\n", true }, { "X h\nY h\n", true },
		{ "#X h\n", true },
		{ "X\n", false },			/* no host */
		{ "X \n", false }, { "X a b\n", false }, { "X a:b\n", false },
		{ "X h \n", false }, { "X h\r\n", false },
		{ " X h\n", false }, { "X h # c\n", false }, { " #\n", false },
		{ "X h\nX h\n", false },		/* twice */
		{ "X h\nY g\nX g\n", false },
		{ "X h\nnonsense\n", false },
		{ "cert-authority X h\n", false },
		{ "\xef\xbb\xbf" "X h\n", false },
		/* End of the texts */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *t =
		    NULL;

		if (parse(texts[i].fmt, &t) !=
		    (texts[i].taken ? NHI_OK : NHI_ERR_CA_KEY))
			fail_msg("text %zu: %s", i, texts[i].fmt);
	}
}

static void
limits(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(2 * NHI_SSH_TRUSTED_TEXT);
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *t = NULL;

	(void)state;
	for (size_t i = 0; i <= NHI_SSH_TRUSTED_TEXT; i++)
		nhi_buf_char(&text, '\n');
	assert_int_equal(nhi_ssh_trusted_parse(nhi_buf_all(&text), &t, NULL),
	    NHI_ERR_CA_KEY);
	text.n--;
	assert_int_equal(nhi_ssh_trusted_parse(nhi_buf_all(&text), &t, NULL),
	    NHI_OK);
}

/* As many as there may be, and one more. */
static void
most(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	struct nhi_ssh_trusted *t = NULL;

	(void)state;
	for (int n = 0; n < NHI_SSH_TRUSTED_MAX; n++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(4096);

		nhi_wire_put_str(&blob, "ssh-ed25519");
		nhi_buf_u32(&blob, 32);
		for (size_t i = 0; i < 8; i++)
			nhi_buf_u32(&blob, (uint32_t)n);
		nhi_buf_str(&text, "ssh-ed25519 ");
		nhi_ssh_base64_encode(nhi_buf_all(&blob), &text);
		nhi_buf_str(&text, " web-1.example.com\n");
	}
	assert_int_equal(nhi_ssh_trusted_parse(nhi_buf_all(&text), &t, NULL),
	    NHI_OK);
	assert_int_equal(t->n, NHI_SSH_TRUSTED_MAX);
	nhi_ssh_trusted_freep(&t);
	put_key(&text, 'X');
	nhi_buf_str(&text, " web-1.example.com\n");
	assert_int_equal(nhi_ssh_trusted_parse(nhi_buf_all(&text), &t, NULL),
	    NHI_ERR_CA_KEY);
	assert_null(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find),
		cmocka_unit_test(forms),
		cmocka_unit_test(limits),
		cmocka_unit_test(most),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
