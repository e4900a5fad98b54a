/* SPDX-License-Identifier: BSD-2-Clause */
/* New CA keys, as ssh-keygen sees them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "lib/ssh/generate.h"
#include "lib/ssh/hash.h"
#include "tests/unit/ssh_util.h"

static void
check(enum nhi_ssh_type type, const char *bits)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;
	char print[NHI_SSH_FINGERPRINT];
	struct nhi_why why = { "" };

	if (nhi_ssh_generate(type, "web-1.example.com", &text, &why) !=
	    NHI_OK ||
	    nhi_ssh_private_parse(nhi_buf_all(&text), &key, &why) != NHI_OK)
		fail_msg("%s: %s", nhi_ssh_type_name(type), why.text);
	assert_int_equal(key->key->type, type);
	util_write("new", nhi_buf_all(&text));
	assert_int_equal(chmod("new", 0600), 0);
	nhi_ssh_key_format(key->key, &line);
	nhi_buf_char(&line, '\n');
	assert_int_equal(util_run("ssh-keygen -y -P '' -f new"), 0);
	util_expect(nhi_buf_text(&line), "");
	util_write("new.pub", nhi_buf_all(&line));
	assert_int_equal(util_run("ssh-keygen -l -f new.pub"), 0);
	assert_int_equal(nhi_ssh_hash_key(key->key, print, &why), NHI_OK);
	util_expect(bits, print);
	/* It signs, and what it signed verifies. */
	assert_int_equal(util_run("ssh-keygen -q -s new -I id -n a new.pub &&"
	    "echo text >text && rm -f text.sig && ssh-keygen -q -Y sign -f new"
	    " -n nhi text && (printf 'a '; cat new.pub) >signers &&"
	    "ssh-keygen -Y verify -f signers -I a -n nhi -s text.sig <text"),
	    0);
}

static void
every_type(void **state)
{
	(void)state;
	util_need_keygen();
	/* Scalars and numbers with leading zeros come up now and then. */
	for (size_t i = 0; i < 4; i++) {
		check(NHI_SSH_ED25519, "256 ");
		check(NHI_SSH_P256, "256 ");
	}
	check(NHI_SSH_P384, "384 ");
	check(NHI_SSH_P521, "521 ");
	check(NHI_SSH_RSA, "3072 ");
}

/* One scalar in 256 is shorter than its field. */
static void
short_scalars(void **state)
{
	(void)state;
	for (size_t i = 0; i < 600; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
		    NHI_BUF(NHI_SSH_PRIVATE_MAX);
		NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key =
		    NULL;
		struct nhi_why why = { "" };

		if (nhi_ssh_generate(NHI_SSH_P256, "", &text, &why) !=
		    NHI_OK || nhi_ssh_private_parse(nhi_buf_all(&text), &key,
		    &why) != NHI_OK)
			fail_msg("%s", why.text);
	}
}

static void
fresh(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf one =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf two =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);

	(void)state;
	assert_int_equal(nhi_ssh_generate(NHI_SSH_ED25519, "c", &one, NULL),
	    NHI_OK);
	assert_int_equal(nhi_ssh_generate(NHI_SSH_ED25519, "c", &two, NULL),
	    NHI_OK);
	assert_string_not_equal(nhi_buf_text(&one), nhi_buf_text(&two));
}

static void
refused(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf tiny = NHI_BUF(100);

	(void)state;
	assert_int_equal(nhi_ssh_generate(NHI_SSH_ED25519, "a\nb", &text,
	    NULL), NHI_ERR_CA_KEY);
	assert_int_equal(text.n, 0);
	assert_int_equal(nhi_ssh_generate(NHI_SSH_ED25519, "c", &tiny, NULL),
	    NHI_ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(short_scalars),
		cmocka_unit_test(fresh),
		cmocka_unit_test(refused),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, util_setup, util_teardown);
}
