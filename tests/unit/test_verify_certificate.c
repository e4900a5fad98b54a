/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second look at a certificate that sshd has accepted: each way in which
 * it is not what the policy of this host would have issued has its code.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/hash.h"
#include "tests/unit/ssh_util.h"
#include "tests/unit/verify_place.h"

#define LIMITED "identity web-deploy alice@example.com deploys web-deploy " \
    "/bin/id 4102444800 0 900 0 %s 0\nsource 192.0.2.0/24 2001:db8::/32\n" \
    "match 0 0 1 sub x\n"

static struct nhi_ssh_key *user;

static enum nhi_err
ask_file(const char *path, struct nhi_verdict *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(UTIL_BUF);

	util_read(path, &line);
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	return place_ask(NHI_KIND_CERTIFICATE, nhi_buf_all(&line), v);
}

static enum nhi_err
ask(const struct nhi_ssh_cert_request *r)
{
	struct nhi_verdict v;

	util_sign(r, "ca-ed25519", "cert");
	return ask_file("cert", &v);
}

static void
publish(const char *flags)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);

	nhi_buf_printf(&b, LIMITED, flags);
	place_publish(place_issuer, nhi_buf_text(&b));
}

static void
publish_plain(void)
{
	place_publish(place_issuer, "identity web-deploy alice@example.com "
	    "deploys web-deploy % 4102444800 0 900 0 0 0 0\n"
	    "match 0 0 1 sub x\n");
}

static void
trust(const char *key, const char *host)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf pub = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
	struct nhi_span rest, type, blob;

	util_read(key, &pub);
	rest = nhi_buf_all(&pub);
	assert_true(nhi_span_cut(&rest, ' ', &type) &&
	    nhi_span_cut(&rest, ' ', &blob));
	nhi_buf_printf(&b, "%.*s %.*s %s\n", (int)type.n, type.p,
	    (int)blob.n, blob.p, host);
	util_write("trusted.pub", nhi_buf_all(&b));
}

static int
setup(void **state)
{
	if (place_setup(state) != 0)
		return -1;
	if (util_run("command -v ssh-keygen") != 0)
		return 0;
	for (size_t i = 0; util_types[i] != NULL; i++)
		util_keygen("ca", util_types[i]);
	util_keygen("user", "ed25519");
	user = util_public("user-ed25519.pub");
	trust("ca-ed25519.pub", "web-1.example.com");
	publish_plain();
	return 0;
}

static int
teardown(void **state)
{
	nhi_ssh_key_freep(&user);
	return util_teardown(state);
}

static void
test_accepted(void **state)
{
	struct nhi_ssh_cert_request r;
	struct nhi_verdict v;
	uint8_t hash[NHI_SSH_HASH];
	char text[128];
	struct nhi_why why;

	(void)state;
	util_need_keygen();
	r = util_request(user);
	util_sign(&r, "ca-ed25519", "cert");
	assert_int_equal(ask_file("cert", &v), NHI_OK);
	assert_int_equal(v.identity, 0);
	assert_int_equal(v.serial, 7);
	assert_int_equal(v.valid_after, r.valid_after);
	assert_int_equal(v.valid_before, r.valid_before);
	assert_int_equal(nhi_ssh_hash(nhi_buf_all(&user->blob), hash, &why),
	    NHI_OK);
	assert_memory_equal(v.key, hash, sizeof(hash));
	assert_memory_equal(v.mark, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	nhi_verdict_value(&v, "keyid", text, sizeof(text));
	assert_string_equal(text, r.keyid);
	nhi_verdict_value(&v, "key", text, sizeof(text));
	assert_memory_equal(text, "SHA256:", 7);
}

/* A CA of each type, whose algorithm was warmed up before the sandbox. */
static void
test_types(void **state)
{
	struct nhi_ssh_cert_request r;
	struct nhi_verdict v;
	char path[64];

	(void)state;
	util_need_keygen();
	r = util_request(user);
	for (size_t i = 0; util_types[i] != NULL; i++) {
		(void)snprintf(path, sizeof(path), "ca-%s", util_types[i]);
		util_sign(&r, path, "cert");
		(void)snprintf(path, sizeof(path), "ca-%s.pub", util_types[i]);
		trust(path, "web-1.example.com");
		assert_int_equal(ask_file("cert", &v), NHI_OK);
	}
	trust("ca-ed25519.pub", "web-1.example.com");
}

static void
test_refused(void **state)
{
	struct nhi_ssh_cert_request r;

	(void)state;
	util_need_keygen();
	r = util_request(user);
	r.principal = "web-other";
	assert_int_equal(ask(&r), NHI_ERR_CERT_PRINCIPAL);
	r = util_request(user);
	r.keyid = "nhi1:web-2.example.com:web-deploy:0123456789abcdef";
	assert_int_equal(ask(&r), NHI_ERR_CERT_HOST);
	r = util_request(user);
	r.keyid = "nhi1:web-1.example.com:web-other:0123456789abcdef";
	assert_int_equal(ask(&r), NHI_ERR_NO_MATCH);
	r = util_request(user);
	r.valid_before = PLACE_NOW;
	r.valid_after = PLACE_NOW - 60;
	assert_int_equal(ask(&r), NHI_ERR_CERT_EXPIRED);
	r.valid_before = PLACE_NOW + 60;
	r.valid_after = PLACE_NOW + 1;
	assert_int_equal(ask(&r), NHI_ERR_CERT_EXPIRED);
}

/* Every option that policy does not say, and every one that it does. */
static void
test_options(void **state)
{
	struct nhi_ssh_cert_request r;
	struct nhi_list one = { (char *[]){ (char[]){ "192.0.2.0/24" } }, 1 };
	struct nhi_list two = { (char *[]){ (char[]){ "192.0.2.0/24" },
	    (char[]){ "2001:db8::/32" } }, 2 };

	(void)state;
	util_need_keygen();
	r = util_request(user);
	r.source = &one;
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);
	r.source = NULL;
	r.force_command = "/bin/id";
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);
	r.force_command = NULL;
	r.pty = true;
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);
	r.pty = false;
	r.forwarding = true;
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);

	publish("0 0");
	r = util_request(user);
	r.force_command = "/bin/id";
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);
	r.source = &one;
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);
	r.source = &two;
	assert_int_equal(ask(&r), NHI_OK);
	r.force_command = "/bin/idx";
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);
	r.force_command = "/bin/id";
	r.pty = r.forwarding = true;
	assert_int_equal(ask(&r), NHI_ERR_CERT_OPTIONS);
	publish("1 1");
	assert_int_equal(ask(&r), NHI_OK);
	r.pty = r.forwarding = false;
	assert_int_equal(ask(&r), NHI_OK);
	publish_plain();
}

/* What sshd cannot have accepted from us, and what it can. */
static void
test_evidence(void **state)
{
	struct nhi_ssh_cert_request r;
	struct nhi_verdict v;

	(void)state;
	util_need_keygen();
	r = util_request(user);
	util_sign(&r, "ca-rsa2048", "cert");
	assert_int_equal(ask_file("cert", &v), NHI_ERR_CERT_CA);
	assert_int_equal(ask_file("user-ed25519.pub", &v),
	    NHI_ERR_NO_EVIDENCE);
	assert_int_equal(place_ask(NHI_KIND_CERTIFICATE, NHI_SPAN("nonsense"),
	    &v), NHI_ERR_EVIDENCE_FORGED);
	assert_int_equal(util_run("ssh-keygen -q -h -s ca-ed25519 -I x -n "
	    "web-deploy user-ed25519.pub"), 0);
	assert_int_equal(ask_file("user-ed25519-cert.pub", &v),
	    NHI_ERR_CERT_TYPE);
	/* For ever: root tells it from policy's ttl.  And people's, by our CA. */
	assert_int_equal(util_run("ssh-keygen -q -s ca-ed25519 -I nhi1:"
	    "web-1.example.com:web-deploy:0123456789abcdef -n web-deploy "
	    "-O clear user-ed25519.pub"), 0);
	assert_int_equal(ask_file("user-ed25519-cert.pub", &v), NHI_OK);
	assert_true(v.valid_before == NHI_VERDICT_TIME);
	assert_int_equal(util_run("ssh-keygen -q -s ca-ed25519 -I alice -n "
	    "web-deploy -O clear user-ed25519.pub"), 0);
	assert_int_equal(ask_file("user-ed25519-cert.pub", &v),
	    NHI_ERR_CERT_KEYID);
}

/* Any bit of it: no certificate, or not that CA's. */
static void
test_flipped(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(UTIL_BUF);
	struct nhi_ssh_cert_request r;
	struct nhi_verdict v;

	(void)state;
	util_need_keygen();
	r = util_request(user);
	util_sign(&r, "ca-ed25519", "cert");
	util_read("cert", &line);
	line.n--;
	for (size_t i = 40; i < line.n; i += 11) {
		char c = line.p[i];

		line.p[i] = c == 'A' ? 'B' : 'A';
		if (i < 500 && c != line.p[i])
			assert_int_not_equal(place_ask(NHI_KIND_CERTIFICATE,
			    nhi_buf_all(&line), &v), NHI_OK);
		line.p[i] = c;
	}
}

static void
test_untrusted(void **state)
{
	struct nhi_ssh_cert_request r;
	struct nhi_verdict v;

	(void)state;
	util_need_keygen();
	r = util_request(user);
	util_sign(&r, "ca-ed25519", "cert");
	util_write("trusted.pub", NHI_SPAN("not a key\n"));
	assert_int_not_equal(ask_file("cert", &v), NHI_OK);
	util_write("trusted.pub", NHI_SPAN(""));
	assert_int_equal(ask_file("cert", &v), NHI_ERR_CERT_CA);
	assert_int_equal(util_run("rm trusted.pub"), 0);
	assert_int_equal(ask_file("cert", &v), NHI_ERR_STATE);
	trust("ca-ed25519.pub", "web-1.example.com");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_untrusted),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
