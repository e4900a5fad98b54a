/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests that the CA must not sign. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ssh_util.h"

static void
make_keys(void)
{
	util_keygen("ca", "ed25519");
	util_keygen("bot", "ed25519");
	util_keygen("bot", "ecdsa256");
}

/* Sign with what is in the request; the bot's key, an Ed25519 CA. */
static enum nhi_err
try_sign(const struct nhi_ssh_cert_request *r)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	enum nhi_err err;

	ca = util_private("ca-ed25519");
	err = nhi_ssh_cert_sign(r, ca, &line, NULL);
	assert_true((err == NHI_OK) == (line.n > 0));
	return err;
}

static void
refuse(const struct nhi_ssh_cert_request *bad, enum nhi_err want)
{
	enum nhi_err err = try_sign(bad);

	if (err != want)
		fail_msg("%s instead of %s", nhi_err_slug(err),
		    nhi_err_slug(want));
}

#define REFUSE(member, value, err) do {					\
	struct nhi_ssh_cert_request bad = r;				\
									\
	bad.member = (value);						\
	refuse(&bad, NHI_ERR_##err);					\
} while (0)

static void
refused(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *ca = NULL;
	struct nhi_ssh_cert_request r;

	(void)state;
	util_need_keygen();
	make_keys();
	key = util_public("bot-ed25519.pub");
	ca = util_public("ca-ed25519.pub");
	r = util_request(key);
	refuse(&r, NHI_OK);
	REFUSE(subject, ca, KEY_INVALID);
	REFUSE(serial, 0, INTERNAL);
	REFUSE(serial, (uint64_t)INT64_MAX + 1, INTERNAL);
	REFUSE(keyid, NULL, CERT_KEYID);
	REFUSE(keyid, "", CERT_KEYID);
	REFUSE(keyid, "nhi1:h:i:0123456789abcde", CERT_KEYID);
	REFUSE(principal, NULL, CERT_PRINCIPAL);
	REFUSE(principal, "", CERT_PRINCIPAL);
	REFUSE(principal, "a,b", CERT_PRINCIPAL);
	REFUSE(principal, "Root", CERT_PRINCIPAL);
	REFUSE(principal, "a23456789012345678901234567890123", CERT_PRINCIPAL);
	REFUSE(valid_before, r.valid_after, CERT_EXPIRED);
	REFUSE(valid_after, r.valid_before + 1, CERT_EXPIRED);
	REFUSE(valid_after, -1, CERT_EXPIRED);
	REFUSE(force_command, "a\nb", CERT_OPTIONS);
	REFUSE(provenance, "a\nb", CERT_OPTIONS);
	REFUSE(provenance, "\xc3\xa9", CERT_OPTIONS);
}

static void
bad_sources(void **state)
{
	static const char *const sources[] = {
		"", "10.0.0.0/8,0.0.0.0/0", "*", "host.example.com", "1 ", NULL
	};
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_ssh_cert_request r;

	(void)state;
	util_need_keygen();
	make_keys();
	key = util_public("bot-ed25519.pub");
	r = util_request(key);
	for (size_t i = 0; sources[i] != NULL; i++) {
		NHI_AUTO(nhi_list_wipe) struct nhi_list one = { NULL, 0 };

		assert_int_equal(nhi_list_add(&one, nhi_span_str(sources[i])),
		    NHI_OK);
		REFUSE(source, &one, CERT_OPTIONS);
	}
}

/* A point that is on no curve is not certified. */
static void
off_curve(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_ssh_cert_request r;

	(void)state;
	util_need_keygen();
	make_keys();
	key = util_public("bot-ecdsa256.pub");
	r = util_request(key);
	refuse(&r, NHI_OK);
	key->blob.p[key->blob.n - 1] ^= 1;
	refuse(&r, NHI_ERR_KEY_INVALID);
}

/* Private part of one key, public part of another: never given out. */
static void
wrong_ca(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *other = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_ssh_cert_request r;
	struct nhi_ssh_private mixed;

	(void)state;
	util_need_keygen();
	make_keys();
	util_keygen("other", "ed25519");
	ca = util_private("ca-ed25519");
	other = util_private("other-ed25519");
	key = util_public("bot-ed25519.pub");
	r = util_request(key);
	mixed = (struct nhi_ssh_private){ .key = ca->key,
	    .pkey = other->pkey };
	assert_int_equal(nhi_ssh_cert_sign(&r, &mixed, &line, NULL),
	    NHI_ERR_CA_KEY);
	assert_int_equal(line.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(bad_sources),
		cmocka_unit_test(off_curve),
		cmocka_unit_test(wrong_ca),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
