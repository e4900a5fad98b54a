/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures of every type of key: right, wrong, spelt otherwise. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "lib/ssh/generate.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"
#include "tests/unit/ssh_util.h"

int	__real_EVP_DigestVerify(EVP_MD_CTX *, const unsigned char *, size_t,
	    const unsigned char *, size_t);
int	__wrap_EVP_DigestVerify(EVP_MD_CTX *, const unsigned char *, size_t,
	    const unsigned char *, size_t);

static int forced = 1;		/* what is not 1 is libcrypto's answer */

int
__wrap_EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t n,
    const unsigned char *data, size_t m)
{
	return forced != 1 ? forced :
	    __real_EVP_DigestVerify(ctx, sig, n, data, m);
}

static void
make_key(enum nhi_ssh_type type, struct nhi_ssh_private **ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);

	assert_int_equal(nhi_ssh_generate(type, "", &text, NULL), NHI_OK);
	assert_int_equal(nhi_ssh_private_parse(nhi_buf_all(&text), ret, NULL),
	    NHI_OK);
}

static void
expect(const struct nhi_ssh_private *key, const struct nhi_ssh_signature *s,
    enum nhi_err want)
{
	struct nhi_why why = { "" };
	enum nhi_err err = nhi_ssh_signature_check(key->key, s, &why);

	if (err != want)
		fail_msg("%s: %s: %s", nhi_ssh_type_name(key->key->type),
		    nhi_err_slug(err), why.text);
}

/* The signature longer, shorter, empty; of other bytes; by another name. */
static void
spoil(const struct nhi_ssh_private *key, const struct nhi_ssh_signature *good)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf more = NHI_BUF(UTIL_BUF);
	static const char *const formats[] = {
		"", "ssh-rsa", "ssh-dss", "none", "rsa-sha2-256",
		"rsa-sha2-512", "ssh-ed25519", "ecdsa-sha2-nistp256",
		"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", NULL
	};
	struct nhi_ssh_signature s = *good;

	nhi_buf_span(&more, good->sig);
	nhi_buf_u8(&more, 0);
	s.sig = nhi_buf_all(&more);
	expect(key, &s, NHI_ERR_SIGNATURE);
	for (s.sig.n = 0; s.sig.n < good->sig.n; s.sig.n++)
		expect(key, &s, NHI_ERR_SIGNATURE);
	expect(key, &s, NHI_OK);
	s.data = NHI_SPAN("Text");
	expect(key, &s, NHI_ERR_SIGNATURE);
	s.data = NHI_SPAN("");
	expect(key, &s, NHI_ERR_SIGNATURE);
	s = *good;
	for (size_t i = 0; formats[i] != NULL; i++) {
		s.format = nhi_span_str(formats[i]);
		if (!nhi_span_equal(s.format, good->format))
			expect(key, &s, NHI_ERR_SIGNATURE);
	}
	s.format = (struct nhi_span){ NULL, 0 };
	expect(key, &s, NHI_ERR_SIGNATURE);
}

static void
every_type(void **state)
{
	(void)state;
	for (int type = 0; type < NHI_SSH_TYPES; type++) {
		NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key =
		    NULL;
		NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *other =
		    NULL;
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(UTIL_BUF);
		struct nhi_ssh_signature s = { .data = NHI_SPAN("text") };
		struct nhi_span in;

		make_key((enum nhi_ssh_type)type, &key);
		assert_int_equal(nhi_ssh_signature_make(key, s.data, &blob,
		    NULL), NHI_OK);
		in = nhi_buf_all(&blob);
		assert_true(nhi_wire_string(&in, &s.format));
		assert_true(nhi_wire_string(&in, &s.sig));
		assert_int_equal(in.n, 0);
		expect(key, &s, NHI_OK);
		spoil(key, &s);
		make_key((enum nhi_ssh_type)type, &other);
		expect(other, &s, NHI_ERR_SIGNATURE);
	}
}

/* Only 1 is yes: libcrypto says -1 where it could not tell. */
static void
faults(void **state)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(UTIL_BUF);
	struct nhi_ssh_signature s = { .data = NHI_SPAN("text") };
	struct nhi_span in;

	(void)state;
	make_key(NHI_SSH_ED25519, &key);
	assert_int_equal(nhi_ssh_signature_make(key, s.data, &blob, NULL),
	    NHI_OK);
	in = nhi_buf_all(&blob);
	assert_true(nhi_wire_string(&in, &s.format));
	assert_true(nhi_wire_string(&in, &s.sig));
	for (int answer = -2; answer <= 2; answer++) {
		forced = answer;
		expect(key, &s, answer == 1 ? NHI_OK : NHI_ERR_SIGNATURE);
	}
	forced = 1;
}

/* Numbers that a sloppy verifier takes for any key and text. */
static void
zeros(void **state)
{
	static const struct nhi_span sigs[] = {
		BYTES("\0\0\0\0\0\0\0\0"),
		BYTES("\0\0\0\1\0\0\0\0\1\0"),
		BYTES("\0\0\0\1\1\0\0\0\0"),
		BYTES("\0\0\0\1\1\0\0\0\1\1"),
		BYTES("\0\0\0\1\xff\0\0\0\1\xff"),
		/* End of the signatures */
	};
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;

	(void)state;
	make_key(NHI_SSH_P256, &key);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		const struct nhi_ssh_signature s = {
			.format = NHI_SPAN("ecdsa-sha2-nistp256"),
			.sig = sigs[i],
			.data = NHI_SPAN("text"),
		};

		expect(key, &s, NHI_ERR_SIGNATURE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(faults),
		cmocka_unit_test(zeros),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
