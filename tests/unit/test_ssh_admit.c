/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate of our CA against the policy of its identity.  Whoever has the
 * CA's key writes what he likes into it.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/ssh/admit.h"

#define NOW	1800000000
#define SPAN(s)	((struct nhi_span){ s, sizeof(s) - 1 })

static char name[] = "deploy", command[] = "/bin/id";
static char *one[] = { (char []){ "192.0.2.0/24" } };
static char *two[] = { (char []){ "192.0.2.0/24" },
    (char []){ "2001:db8::/32" } };

static struct nhi_identity identity;
static struct nhi_rules rules;
static struct nhi_ssh_cert cert;
static struct nhi_ssh_keyid keyid;

static int
setup(void **state)
{
	(void)state;
	identity = (struct nhi_identity){ .name = name,
	    .force_command = (char *)(uintptr_t)"" };
	rules = (struct nhi_rules){ .identities = &identity,
	    .nidentities = 1 };
	cert = (struct nhi_ssh_cert){ .valid_after = NOW - 60,
	    .valid_before = NOW + 600 };
	keyid = (struct nhi_ssh_keyid){ .host = "web-1.example.com",
	    .identity = "deploy" };
	return 0;
}

static enum nhi_err
check(void)
{
	const struct nhi_ssh_admit a = { .cert = &cert, .account = "web",
	    .rules = &rules, .host = "web-1.example.com", .now = NOW };
	size_t index = SIZE_MAX;
	enum nhi_err err = nhi_ssh_admit_check(&a, &keyid, &index, NULL);

	assert_int_equal(index, err == NHI_OK ? 0 : SIZE_MAX);
	return err;
}

static void
test_host(void **state)
{
	(void)state;
	assert_int_equal(check(), NHI_OK);
	keyid.host[0] = 'W';
	assert_int_equal(check(), NHI_ERR_CERT_HOST);
}

static void
test_identity(void **state)
{
	(void)state;
	keyid.identity[0] = 'D';
	assert_int_equal(check(), NHI_ERR_NO_MATCH);
}

static void
test_time(void **state)
{
	(void)state;
	cert.valid_before = NOW;
	assert_int_equal(check(), NHI_ERR_CERT_EXPIRED);
	cert.valid_before = NOW + 1;
	assert_int_equal(check(), NHI_OK);
	cert.valid_after = NOW + 1;
	cert.valid_before = NOW + 2;
	assert_int_equal(check(), NHI_ERR_CERT_EXPIRED);
}

static void
test_source(void **state)
{
	(void)state;
	cert.source_address = SPAN("192.0.2.0/24");
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
	identity.source = (struct nhi_list){ one, 1 };
	assert_int_equal(check(), NHI_OK);
	cert.source_address = SPAN("192.0.2.0/24,");
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
	cert.source_address = SPAN("192.0.2.0/24,2001:db8::/32");
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
	identity.source = (struct nhi_list){ two, 2 };
	assert_int_equal(check(), NHI_OK);
	cert.source_address = SPAN("192.0.2.0/24");
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
	cert.source_address.p = NULL;
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
}

static void
test_command(void **state)
{
	(void)state;
	cert.force_command = SPAN("/bin/id");
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
	identity.force_command = command;
	assert_int_equal(check(), NHI_OK);
	cert.force_command = SPAN("/bin/id -u");
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
	cert.force_command.p = NULL;
	assert_int_equal(check(), NHI_ERR_CERT_OPTIONS);
}

/* One extension at a time, without and with what policy can give. */
static void
test_extensions(void **state)
{
	static const struct {
		const char *name;
		enum nhi_err plain, pty, forwarding;
	} all[] = {
		{ "permit-pty", NHI_ERR_CERT_OPTIONS, NHI_OK,
		    NHI_ERR_CERT_OPTIONS },
		{ "permit-port-forwarding", NHI_ERR_CERT_OPTIONS,
		    NHI_ERR_CERT_OPTIONS, NHI_OK },
		{ "permit-agent-forwarding", NHI_ERR_CERT_OPTIONS,
		    NHI_ERR_CERT_OPTIONS, NHI_OK },
		{ "permit-X11-forwarding", NHI_ERR_CERT_OPTIONS,
		    NHI_ERR_CERT_OPTIONS, NHI_OK },
		{ "permit-user-rc", NHI_ERR_CERT_OPTIONS,
		    NHI_ERR_CERT_OPTIONS, NHI_ERR_CERT_OPTIONS },
		/* sshd ignores what it does not know. */
		{ "name@example.com", NHI_OK, NHI_OK, NHI_OK },
		/* End of the extensions */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		cert.extensions.n = 1;
		cert.extensions.v[0].name = nhi_span_str(all[i].name);
		identity.pty = identity.forwarding = false;
		assert_int_equal(check(), all[i].plain);
		identity.pty = true;
		assert_int_equal(check(), all[i].pty);
		identity.pty = false;
		identity.forwarding = true;
		assert_int_equal(check(), all[i].forwarding);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_host, setup),
		cmocka_unit_test_setup(test_identity, setup),
		cmocka_unit_test_setup(test_time, setup),
		cmocka_unit_test_setup(test_source, setup),
		cmocka_unit_test_setup(test_command, setup),
		cmocka_unit_test_setup(test_extensions, setup),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
