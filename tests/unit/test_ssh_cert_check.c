/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates that are malformed and all the same rightly signed: what stands
 * between them and a login is the parser alone.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/cert_check.h"
#include "lib/ssh/generate.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"
#include "tests/unit/ssh_spoilt.h"

static void
make_ca(enum nhi_ssh_type type, struct nhi_ssh_private **ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);

	assert_int_equal(nhi_ssh_generate(type, "", &text, NULL), NHI_OK);
	assert_int_equal(nhi_ssh_private_parse(nhi_buf_all(&text), ret, NULL),
	    NHI_OK);
}

static struct nhi_span
pick(struct nhi_span changed, struct nhi_span from)
{
	return changed.p != NULL ? changed : from;
}

static void
put_body(const struct fields *f, const struct nhi_ssh_private *ca,
    struct nhi_buf *b)
{
	nhi_wire_put_str(b, f->type != NULL ? f->type : right.type);
	nhi_wire_put(b, pick(f->nonce, right.nonce));
	nhi_buf_span(b, pick(f->key, right.key));
	nhi_buf_u64(b, f->serial != 0 ? f->serial : right.serial);
	nhi_buf_u32(b, f->kind != 0 ? f->kind : right.kind);
	nhi_wire_put(b, pick(f->keyid, right.keyid));
	nhi_wire_put(b, pick(f->principals, right.principals));
	nhi_buf_u64(b, f->after != 0 ? f->after : right.after);
	nhi_buf_u64(b, f->before != 0 ? f->before : right.before);
	nhi_wire_put(b, f->critical);
	nhi_wire_put(b, f->extensions);
	nhi_wire_put(b, pick(f->reserved, right.reserved));
	nhi_wire_put(b, pick(f->ca, nhi_buf_all(&ca->key->blob)));
}

static void
put_signature(const struct fields *f, const struct nhi_ssh_private *ca,
    struct nhi_buf *b)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf sig = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf other = NHI_BUF(UTIL_BUF);
	struct nhi_span in, word;

	assert_int_equal(nhi_ssh_signature_make(ca, nhi_buf_all(b), &sig,
	    NULL), NHI_OK);
	in = nhi_buf_all(&sig);
	assert_true(nhi_wire_string(&in, &word));
	nhi_wire_put(&other, f->format == NULL ? word :
	    nhi_span_str(f->format));
	nhi_buf_span(&other, in);
	nhi_buf_span(&other, f->inner);
	nhi_wire_put(b, nhi_buf_all(&other));
	nhi_buf_span(b, f->tail);
}

static enum nhi_err
judge(const struct nhi_buf *b)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *c = NULL;
	enum nhi_err err;

	assert_int_equal(b->err, NHI_OK);
	err = nhi_ssh_cert_parse_blob(nhi_buf_all(b), &c, NULL);
	if (err != NHI_OK)
		return err;
	return nhi_ssh_cert_check_signature(c, NULL);
}

static void
all_spoilt(void **state)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;

	(void)state;
	make_ca(NHI_SSH_ED25519, &ca);
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
		enum nhi_err err;

		put_body(&spoilt[i].f, ca, &b);
		put_signature(&spoilt[i].f, ca, &b);
		if ((err = judge(&b)) != spoilt[i].err)
			fail_msg("%s: %s instead of %s", spoilt[i].name,
			    nhi_err_slug(err), nhi_err_slug(spoilt[i].err));
	}
}

/* An RSA CA's signature under the name of SHA-1, and over other bytes. */
static void
rsa_formats(void **state)
{
	static const struct {
		const char *format;
		enum nhi_err err;
	} formats[] = {
		{ "rsa-sha2-512", NHI_OK },
		{ "rsa-sha2-256", NHI_ERR_CERT_CA },	/* it is not */
		{ "ssh-rsa", NHI_ERR_CERT_CA },
		{ "ssh-rsa-cert-v01@openssh.com", NHI_ERR_CERT_CA },
		/* End of the formats */
	};
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;

	(void)state;
	make_ca(NHI_SSH_RSA, &ca);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
		const struct fields f = { .format = formats[i].format };

		put_body(&f, ca, &b);
		put_signature(&f, ca, &b);
		assert_int_equal(judge(&b), formats[i].err);
	}
}

/* A CA key whose point is on no curve: parsed, but nothing verifies. */
static void
off_curve(void **state)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
	struct fields f = { .kind = 1 };

	(void)state;
	make_ca(NHI_SSH_P256, &ca);
	put_body(&f, ca, &b);
	put_signature(&f, ca, &b);
	assert_int_equal(judge(&b), NHI_OK);
	nhi_buf_reset(&b);
	nhi_buf_span(&blob, nhi_buf_all(&ca->key->blob));
	blob.p[blob.n - 1] ^= 1;
	f.ca = nhi_buf_all(&blob);
	put_body(&f, ca, &b);
	put_signature(&f, ca, &b);
	assert_int_equal(judge(&b), NHI_ERR_CERT_CA);
}

/* A CA that certifies its own key. */
static void
own_key(void **state)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf key = NHI_BUF(UTIL_BUF);
	struct fields f = { .kind = 1 };

	(void)state;
	make_ca(NHI_SSH_ED25519, &ca);
	nhi_wire_put(&key, ca->key->point);
	f.key = nhi_buf_all(&key);
	put_body(&f, ca, &b);
	put_signature(&f, ca, &b);
	assert_int_equal(judge(&b), NHI_ERR_CERT_CA);
}

static void
too_large(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);

	(void)state;
	for (size_t i = 0; i <= NHI_SSH_CERT_MAX; i++)
		nhi_buf_u8(&b, 0);
	assert_int_equal(judge(&b), NHI_ERR_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_spoilt),
		cmocka_unit_test(rsa_formats),
		cmocka_unit_test(off_curve),
		cmocka_unit_test(own_key),
		cmocka_unit_test(too_large),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
