/* SPDX-License-Identifier: BSD-2-Clause */
/* Places that satisfy the Match lines of a configuration. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/base/file.h"
#include "nhictl/dropin.h"
#include "nhictl/sshd_match.h"

#define ORDINARY	"127.0.0.1 localhost 127.0.0.1 22\n"

static const struct {
	const char *config, *places;	/* after the ordinary one */
} cases[] = {
	{ "", "" },
	{ "PermitTTY no\nMatch User bob\nPermitTTY yes\n", "" },
	{ "Match Address 10.0.0.0/8\n", "10.0.0.0 localhost 127.0.0.1 22\n" },
	{ "match address=10.1.*\n", "10.1.1.1 localhost 127.0.0.1 22\n" },
	{ "Match Address \"192.0.2.7\"\n",
	    "192.0.2.7 localhost 127.0.0.1 22\n" },
	{ "Match Address *,!10.2.3.4\n", "1.1.1.1 localhost 127.0.0.1 22\n"
	    "10.2.3.4 localhost 127.0.0.1 22\n" },
	{ "Match Address 2001:db8::/32\n",
	    "2001:db8:: localhost 127.0.0.1 22\n" },
	{ "Match Host *.example.com,db?\n",
	    "127.0.0.1 x.example.com 127.0.0.1 22\n"
	    "127.0.0.1 dbx 127.0.0.1 22\n" },
	{ "Match LocalPort 2222 LocalAddress 192.0.2.1\n",
	    "127.0.0.1 localhost 192.0.2.1 2222\n" },
	{ "Match User x Address 10.1.1.1,10.1.1.2 Host h\n",
	    "10.1.1.1 h 127.0.0.1 22\n10.1.1.2 localhost 127.0.0.1 22\n" },
	{ "# Match Address 10.1.1.1\nMatch all\n", "" },
	{ "Match Address nonsense\n", "" },
};

static char path[] = "/tmp/test_sshd_match.XXXXXX";

static enum nhi_err
read_places(const char *config, struct nhi_sshd_places *places)
{
	struct nhi_why why = { "" };
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(nhi_file_put(fd, nhi_span_str(config), NULL), NHI_OK);
	nhi_fd_close(&fd);
	return nhi_sshd_places(path, places, &why);
}

static void
places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf want = NHI_BUF(8192);
		NHI_AUTO(nhi_sshd_places_wipe) struct nhi_sshd_places found =
		    { .n = 0 };
		struct nhi_sshd_who w = { .user = "" };

		assert_int_equal(read_places(cases[i].config, &found), NHI_OK);
		assert_false(found.dropin);
		for (size_t k = 0; k < found.n; k++) {
			nhi_sshd_places_who(&found, k, &w);
			nhi_buf_printf(&b, "%s %s %s %s\n", w.addr, w.host,
			    w.laddr, w.lport);
		}
		nhi_buf_printf(&want, "%s%s", ORDINARY, cases[i].places);
		assert_string_equal(nhi_buf_text(&b), nhi_buf_text(&want));
	}
}

static void
includes(void **state)
{
	NHI_AUTO(nhi_sshd_places_wipe) struct nhi_sshd_places found =
	    { .n = 0 };
	char config[128];
	struct nhi_sshd_who w = { .user = "" };
	char dir[] = "/tmp/test_sshd_other.XXXXXX", other[64];
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(other, sizeof(other), "%s/%s", dir, NHI_DROPIN_NAME);
	fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(nhi_file_put(fd,
	    NHI_SPAN("Match Address 10.7.7.7\n"), NULL), NHI_OK);
	nhi_fd_close(&fd);
	(void)snprintf(config, sizeof(config), "Include %s/*.conf\n", dir);
	assert_int_equal(read_places(config, &found), NHI_OK);
	assert_int_equal(found.n, 2);
	nhi_sshd_places_who(&found, 1, &w);
	assert_string_equal(w.addr, "10.7.7.7");
	assert_true(found.dropin);
	(void)unlink(other);
	(void)rmdir(dir);
}

/* More than we look at is told, and not looked over. */
static void
too_many(void **state)
{
	NHI_AUTO(nhi_sshd_places_wipe) struct nhi_sshd_places found =
	    { .n = 0 };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(8192);

	(void)state;
	for (int i = 0; i < NHI_SSHD_PLACES; i++)
		nhi_buf_printf(&b, "Match Address 10.0.0.%d\n", i);
	assert_int_equal(read_places(nhi_buf_text(&b), &found), NHI_ERR_HOST);
}

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	nhi_fd_close(&fd);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(includes),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
