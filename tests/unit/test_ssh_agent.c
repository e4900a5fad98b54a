/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures by an agent: by OpenSSH's own for each type of key, and by one
 * that answers what it should not.
 */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/ssh/agent.h"
#include "lib/ssh/cert_check.h"
#include "tests/unit/ssh_util.h"

static char here[256];
static struct nhi_ssh_key *key;

static const char *
sock(const char *name)
{
	static char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", here, name);
	return path;
}

static int
setup(void **state)
{
	if (util_setup(state) != 0 || getcwd(here, sizeof(here)) == NULL)
		return -1;
	if (util_run("command -v ssh-keygen") == 0) {
		util_keygen("user", "ed25519");
		key = util_public("user-ed25519.pub");
	}
	return 0;
}

static int
teardown(void **state)
{
	nhi_ssh_key_freep(&key);
	return util_teardown(state);
}

static void
check_certificate(const char *type)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf pub = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	struct nhi_ssh_cert_request r = util_request(key);
	struct nhi_why why = { "" };
	char path[64];

	(void)snprintf(path, sizeof(path), "ca-%s.pub", type);
	util_read(path, &pub);
	nhi_buf_printf(&text, "%.*s %s", (int)(strrchr(pub.p, ' ') - pub.p),
	    pub.p, sock("agent"));
	assert_int_equal(nhi_ssh_private_agent(nhi_buf_all(&text), &ca, &why),
	    NHI_OK);
	if (nhi_ssh_cert_sign(&r, ca, &line, &why) != NHI_OK)
		fail_msg("%s: %s", type, why.text);
	assert_int_equal(nhi_ssh_cert_parse_line(nhi_buf_all(&line), &cert,
	    &why), NHI_OK);
	assert_int_equal(nhi_ssh_cert_check_signature(cert, &why), NHI_OK);
}

static void
test_real(void **state)
{
	(void)state;
	util_need_keygen();
	for (size_t i = 0; util_types[i] != NULL; i++)
		util_keygen("ca", util_types[i]);
	assert_int_equal(util_run("ssh-agent -a %s >agent.env", sock("agent")),
	    0);
	for (size_t i = 0; util_types[i] != NULL; i++)
		assert_int_equal(util_run("SSH_AUTH_SOCK=%s ssh-add ca-%s",
		    sock("agent"), util_types[i]), 0);
	for (size_t i = 0; util_types[i] != NULL; i++)
		check_certificate(util_types[i]);
	assert_int_equal(util_run(". ./agent.env; ssh-agent -k"), 0);
}

/* A public key that is none, and one without a socket. */
static void
test_private(void **state)
{
	struct nhi_ssh_private *ca = NULL;
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_ssh_private_agent(NHI_SPAN("no key"), &ca, &why),
	    NHI_ERR_CA_KEY);
	assert_int_equal(nhi_ssh_private_agent(NHI_SPAN("ssh-ed25519 "
	    "AAAAC3NzaC1lZDI1NTE5AAAAIBERERERERERERERERERERERERERERERERERERERE"
	    "RER socket"), &ca, &why), NHI_ERR_CA_KEY);
	assert_null(ca);
}

/* An agent that takes one request and answers with these bytes. */
static pid_t
agent(const char *name, struct nhi_span answer)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char bytes[4096];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), peer;
	pid_t pid;

	assert_true(snprintf(un.sun_path, sizeof(un.sun_path), "%s",
	    sock(name)) < (int)sizeof(un.sun_path));
	assert_int_equal(bind(fd, (const struct sockaddr *)&un, sizeof(un)),
	    0);
	assert_int_equal(listen(fd, 1), 0);
	(void)fflush(NULL);
	if ((pid = fork()) == 0) {
		peer = accept(fd, NULL, NULL);
		(void)!read(peer, bytes, sizeof(bytes));
		(void)!write(peer, answer.p, answer.n);
		_exit(0);
	}
	assert_true(pid > 0);
	(void)close(fd);
	return pid;
}

static const struct row {
	const char *name;
	struct nhi_span answer;
	const char *says;		/* NULL: it signs */
} rows[] = {
	{ "good", BYTES("\0\0\0\x07\x0e\0\0\0\2ab"), NULL },
	{ "nothing", BYTES(""), "gives no answer" },
	{ "half a length", BYTES("\0\0"), "gives no answer" },
	{ "length 0", BYTES("\0\0\0\0"), "gives a broken answer" },
	{ "too long", BYTES("\0\x10\0\0\x0e"), "gives a broken answer" },
	{ "cut", BYTES("\0\0\0\x07\x0e\0\0"), "gives a broken answer" },
	{ "failure", BYTES("\0\0\0\1\5"), "does not sign" },
	{ "another", BYTES("\0\0\0\x07\x0d\0\0\0\2ab"), "does not sign" },
	{ "no string", BYTES("\0\0\0\x07\x0e\0\0\0\3ab"),
	    "gives a broken signature" },
	{ "more", BYTES("\0\0\0\x07\x0e\0\0\0\1ab"),
	    "gives a broken signature" },
	{ "empty", BYTES("\0\0\0\5\x0e\0\0\0\0"), "gives a broken signature" },
	/* End of the rows */
};

static void
test_answers(void **state)
{
	(void)state;
	util_need_keygen();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
		struct nhi_why why = { "" };
		char name[16];
		enum nhi_err err;
		pid_t pid;

		(void)snprintf(name, sizeof(name), "s%zu", i);
		pid = agent(name, rows[i].answer);
		err = nhi_ssh_agent_sign(sock(name), key, NHI_SPAN("data"),
		    &out, &why);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		if (rows[i].says == NULL) {
			assert_int_equal(err, NHI_OK);
			assert_string_equal(nhi_buf_text(&out), "ab");
			continue;
		}
		assert_int_equal(err, NHI_ERR_CA_KEY);
		assert_int_equal(out.n, 0);
		if (strstr(why.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].name, why.text);
	}
}

static void
test_nobody(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
	char name[200];
	struct nhi_why why = { "" };

	(void)state;
	util_need_keygen();
	assert_int_equal(nhi_ssh_agent_sign(sock("nobody"), key,
	    NHI_SPAN("data"), &out, &why), NHI_ERR_CA_KEY);
	assert_int_equal(nhi_ssh_agent_sign("agent", key, NHI_SPAN("data"),
	    &out, &why), NHI_ERR_CA_KEY);
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(nhi_ssh_agent_sign(name, key, NHI_SPAN("data"),
	    &out, &why), NHI_ERR_CA_KEY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_nobody),
		/* End of the tests */
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, setup, teardown);
}
