/* SPDX-License-Identifier: BSD-2-Clause */
/* KRLs, asked by ssh-keygen -Q as sshd would. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/hash.h"
#include "lib/ssh/krl.h"
#include "tests/unit/ssh_util.h"

static const char *const ids[] = {
	"nhi1:web-1.example.com:web-deploy:0123456789abcdef",
	"nhi1:web-1.example.com:web-deploy:0123456789abcde0",
};

/* "c<n>-cert.pub": key id ids[id], this serial, by this CA. */
static void
make_cert(unsigned int n, const char *ca, uint64_t serial, size_t id)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_ssh_cert_request r;
	char path[64];

	key = util_public("bot-ed25519.pub");
	r = util_request(key);
	r.serial = serial;
	r.keyid = ids[id];
	(void)snprintf(path, sizeof(path), "c%u-cert.pub", n);
	util_sign(&r, ca, path);
}

static void
write_krl(const struct nhi_ssh_krl *krl)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(NHI_SSH_KRL_MAX);
	struct nhi_why why = { "" };

	if (nhi_ssh_krl_format(krl, &out, &why) != NHI_OK)
		fail_msg("%s", why.text);
	assert_true(out.n > 0);
	util_write("krl", nhi_buf_all(&out));
}

/* Which of c1 to c4, and of the keys of bot, it revokes: '1' or '0'. */
static void
expect(const char *certs, const char *key)
{
	for (unsigned int n = 1; n <= 4; n++)
		if (util_run("ssh-keygen -Q -f krl c%u-cert.pub", n) !=
		    certs[n - 1] - '0')
			fail_msg("%s: certificate %u", certs, n);
	if (util_run("ssh-keygen -Q -f krl bot-ed25519.pub") != key[0] - '0')
		fail_msg("the key");
	if (util_run("ssh-keygen -Q -f krl bot-rsa2048.pub") != key[1] - '0')
		fail_msg("the other key");
}

static void
setup(void)
{
	util_need_keygen();
	util_keygen("ca", "ed25519");
	util_keygen("ca", "ecdsa256");
	util_keygen("bot", "ed25519");
	util_keygen("bot", "rsa2048");
	make_cert(1, "ca-ed25519", 1, 0);
	make_cert(2, "ca-ed25519", INT64_MAX, 0);
	make_cert(3, "ca-ecdsa256", 1, 0);
	make_cert(4, "ca-ecdsa256", 5, 1);
}

static void
nothing(void **state)
{
	const struct nhi_ssh_krl_ca empty = { .ca = NULL };
	struct nhi_ssh_krl krl = { .version = 1, .generated = 1800000000,
	    .comment = "web-1.example.com" };

	(void)state;
	setup();
	write_krl(&krl);
	assert_int_equal(util_run("ssh-keygen -Q -l -f krl"), 0);
	util_expect("# KRL version 1\n", "");
	util_expect("omment: web-1.example.com\n", "");
	expect("0000", "00");
	krl.cas = &empty;
	krl.ncas = 1;
	krl.comment = NULL;
	write_krl(&krl);
	expect("0000", "00");
}

static void
serials(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *ca = NULL;
	const uint64_t list[] = { INT64_MAX, 1, 2, 2 };
	struct nhi_ssh_krl_ca section = { .serials = list, .nserials = 4 };
	const struct nhi_ssh_krl krl = { .version = 2, .generated = 1,
	    .cas = &section, .ncas = 1 };

	(void)state;
	setup();
	ca = util_public("ca-ed25519.pub");
	section.ca = ca;
	write_krl(&krl);
	expect("1100", "00");
	section.ca = NULL;
	write_krl(&krl);
	expect("1110", "00");
	section.nserials = 1;
	write_krl(&krl);
	expect("0100", "00");
}

/* Keys of which only the fingerprint is known; certificates of them, too. */
static void
hashes(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	uint8_t hash[NHI_SSH_HASH + 1] = { 0 };
	struct nhi_ssh_krl krl = { .version = 3, .generated = 1,
	    .hashes = { (const char *)hash, NHI_SSH_HASH } };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(NHI_SSH_KRL_MAX);

	(void)state;
	setup();
	write_krl(&krl);
	expect("0000", "00");
	key = util_public("bot-ed25519.pub");
	assert_int_equal(nhi_ssh_hash(nhi_buf_all(&key->blob), hash, NULL),
	    NHI_OK);
	write_krl(&krl);
	expect("1111", "10");
	krl.hashes.n++;
	assert_int_equal(nhi_ssh_krl_format(&krl, &out, NULL), NHI_ERR_STATE);
}

static void
keyids(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *ca = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *other = NULL;
	NHI_AUTO(nhi_list_wipe) struct nhi_list first = { NULL, 0 };
	NHI_AUTO(nhi_list_wipe) struct nhi_list both = { NULL, 0 };
	const uint64_t five = 5;
	struct nhi_ssh_krl_ca sections[2] = { { .keyids = &first },
	    { .keyids = &both } };
	const struct nhi_ssh_krl krl = { .version = 3, .generated = 1,
	    .cas = sections, .ncas = 2 };

	(void)state;
	setup();
	assert_int_equal(nhi_list_add(&first, nhi_span_str(ids[0])), NHI_OK);
	assert_int_equal(nhi_list_add(&both, nhi_span_str(ids[1])), NHI_OK);
	ca = util_public("ca-ed25519.pub");
	other = util_public("ca-ecdsa256.pub");
	sections[0].ca = ca;
	sections[1].ca = other;
	write_krl(&krl);
	expect("1101", "00");
	sections[1].keyids = &first;
	write_krl(&krl);
	expect("1110", "00");
	sections[1].serials = &five;
	sections[1].nserials = 1;
	write_krl(&krl);
	expect("1111", "00");
}

static void
keys(void **state)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *one = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *two = NULL;
	const struct nhi_ssh_key *list[2];
	struct nhi_ssh_krl krl = { .version = 4, .generated = 1,
	    .keys = list, .nkeys = 1 };

	(void)state;
	setup();
	one = util_public("bot-rsa2048.pub");
	two = util_public("bot-ed25519.pub");
	list[0] = one;
	list[1] = two;
	write_krl(&krl);
	expect("0000", "01");
	krl.nkeys = 2;
	write_krl(&krl);
	expect("1111", "11");
}

static void
refused(void **state)
{
	const uint64_t zero[] = { 3, 0 };
	NHI_AUTO(nhi_list_wipe) struct nhi_list bad = { NULL, 0 };
	NHI_AUTO(nhi_list_wipe) struct nhi_list none = { NULL, 0 };
	const struct nhi_ssh_krl_ca cas[] = {
		{ .serials = zero, .nserials = 2 }, { .keyids = &bad },
		{ .keyids = &none },
	};

	(void)state;
	assert_int_equal(nhi_list_add(&bad, NHI_SPAN("a\nb")), NHI_OK);
	assert_int_equal(nhi_list_add(&none, NHI_SPAN("")), NHI_OK);
	for (size_t i = 0; i < 5; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
		const struct nhi_ssh_krl krl = { .generated = i == 3 ? -1 : 1,
		    .comment = i == 4 ? "a\x7f" : NULL,
		    .cas = &cas[i % 3], .ncas = i < 3 };

		assert_int_equal(nhi_ssh_krl_format(&krl, &out, NULL),
		    NHI_ERR_STATE);
	}
}

static void
too_large(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(40);
	const struct nhi_ssh_krl krl = { .version = 1 };

	(void)state;
	assert_int_equal(nhi_ssh_krl_format(&krl, &out, NULL),
	    NHI_ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(serials),
		cmocka_unit_test(hashes),
		cmocka_unit_test(keyids),
		cmocka_unit_test(keys),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_large),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
