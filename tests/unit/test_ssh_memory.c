/* SPDX-License-Identifier: BSD-2-Clause */
/* The k-th allocation of ours fails, k = 1, 2, ... until none does. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ssh/base64.h"
#include "lib/ssh/cert_check.h"
#include "lib/ssh/generate.h"
#include "lib/ssh/hash.h"
#include "lib/ssh/krl.h"
#include "lib/ssh/trusted.h"
#include "tests/unit/ssh_util.h"

void	*__real_malloc(size_t);
void	*__real_calloc(size_t, size_t);
char	*__real_strndup(const char *, size_t);
void	*__wrap_malloc(size_t);
void	*__wrap_calloc(size_t, size_t);
char	*__wrap_strndup(const char *, size_t);

static size_t countdown;	/* 0: never */
static bool failed;

static bool
now(void)
{
	if (countdown == 0 || --countdown != 0)
		return false;
	failed = true;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return now() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t m)
{
	return now() ? NULL : __real_calloc(n, m);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	return now() ? NULL : __real_strndup(s, n);
}

/* A CA is made, listed and used; its certificate is read and revoked. */
static enum nhi_err
make_ca(struct nhi_ssh_private **ret, struct nhi_ssh_trusted **ret_list)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(UTIL_BUF);
	enum nhi_err err;

	if ((err = nhi_ssh_generate(NHI_SSH_P256, "h", &text, NULL)) !=
	    NHI_OK ||
	    (err = nhi_ssh_private_parse(nhi_buf_all(&text), ret, NULL)) !=
	    NHI_OK)
		return err;
	nhi_ssh_key_format((*ret)->key, &line);
	if ((err = nhi_buf_check(&line, NULL)) != NHI_OK)
		return err;
	return nhi_ssh_trusted_parse(nhi_buf_all(&line), ret_list, NULL);
}

static enum nhi_err
use_cert(struct nhi_span line, const struct nhi_ssh_trusted *list)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf krl = NHI_BUF(UTIL_BUF);
	char print[NHI_SSH_FINGERPRINT];
	struct nhi_ssh_krl_ca section = { .nserials = 1 };
	const struct nhi_ssh_krl all = { .cas = &section, .ncas = 1 };
	const char *host;
	enum nhi_err err;

	if ((err = nhi_ssh_cert_parse_line(line, &cert, NULL)) != NHI_OK)
		return err;
	section.ca = cert->ca;
	section.serials = &cert->serial;
	if ((err = nhi_ssh_cert_check_signature(cert, NULL)) != NHI_OK ||
	    (err = nhi_ssh_trusted_find(list, cert->ca, &host, NULL)) !=
	    NHI_OK ||
	    (err = nhi_ssh_hash_key(cert->subject, print, NULL)) != NHI_OK)
		return err;
	return nhi_ssh_krl_format(&all, &krl, NULL);
}

static enum nhi_err
all_of_it(void)
{
	static const char bot[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA bot";
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *list = NULL;
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	struct nhi_ssh_cert_request r;
	enum nhi_err err;

	if ((err = make_ca(&ca, &list)) != NHI_OK ||
	    (err = nhi_ssh_key_parse_line(NHI_SPAN(bot), &key, NULL)) !=
	    NHI_OK)
		return err;
	r = util_request(key);
	r.force_command = "id";
	r.provenance = "p=1";
	r.pty = true;
	if ((err = nhi_ssh_cert_sign(&r, ca, &line, NULL)) != NHI_OK)
		return err;
	return use_cert(nhi_buf_all(&line), list);
}

static void
each(void **state)
{
	size_t k = 0;

	(void)state;
	assert_int_equal(all_of_it(), NHI_OK);
	do {
		enum nhi_err err;

		failed = false;
		countdown = ++k;
		err = all_of_it();
		countdown = 0;
		if (failed == (err == NHI_OK))
			fail_msg("allocation %zu: %s", k, nhi_err_slug(err));
	} while (failed);
	assert_true(k > 50);
	print_message("%zu allocations\n", k - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
