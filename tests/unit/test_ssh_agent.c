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

enum manner {
	ANSWERS,
	DEAF,				/* reads nothing and goes */
	RUDE,				/* has it all before it, and goes */
};

#define REQUEST	(4 + 1 + 4 + 51 + 4 + 4 + 4)	/* ed25519, "data" */

/* The whole request, or as much of it as comes. */
static void
take(int peer)
{
	unsigned char head[4], bytes[4096];
	size_t n = 0;

	if (recv(peer, head, sizeof(head), MSG_WAITALL) == sizeof(head))
		n = ((size_t)head[2] << 8) | head[3];
	while (n > 0) {
		ssize_t got = read(peer, bytes, n < sizeof(bytes) ? n :
		    sizeof(bytes));

		if (got <= 0)
			return;
		n -= (size_t)got;
	}
}

static void
serve(int peer, struct nhi_span answer, enum manner manner)
{
	char bytes[4096];
	ssize_t n = 0;

	while (manner == RUDE && n >= 0 && n < REQUEST)
		n = recv(peer, bytes, sizeof(bytes), MSG_PEEK);
	if (manner != ANSWERS)
		return;
	take(peer);
	(void)!write(peer, answer.p, answer.n);
}

/* An agent that takes one request and answers with these bytes. */
static pid_t
agent(const char *name, struct nhi_span answer, enum manner manner)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
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
		serve(peer, answer, manner);
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
		pid = agent(name, rows[i].answer, ANSWERS);
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

#define LARGE	(250U << 10)

static void
put_x(struct nhi_buf *b, size_t n)
{
	while (n-- > 0)
		nhi_buf_char(b, 'x');
}

static void
test_manners(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf data = NHI_BUF(UTIL_BUF);
	struct nhi_why why = { "" };
	pid_t pid;

	(void)state;
	util_need_keygen();
	pid = agent("rude", NHI_SPAN(""), RUDE);
	assert_int_equal(nhi_ssh_agent_sign(sock("rude"), key,
	    NHI_SPAN("data"), &out, &why), NHI_ERR_CA_KEY);
	assert_non_null(strstr(why.text, "gives no answer"));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* More than a socket holds. */
	put_x(&data, LARGE);
	pid = agent("deaf", NHI_SPAN(""), DEAF);
	assert_int_equal(nhi_ssh_agent_sign(sock("deaf"), key,
	    nhi_buf_all(&data), &out, &why), NHI_ERR_CA_KEY);
	assert_non_null(strstr(why.text, "takes no request"));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* And more than an agent takes. */
	put_x(&data, LARGE);
	assert_int_not_equal(nhi_ssh_agent_sign(sock("deaf"), key,
	    nhi_buf_all(&data), &out, &why), NHI_OK);
	assert_int_equal(out.n, 0);
}

#define ANSWER	(4 + 1 + 4 + 15 + 68)

static void
check_forged(const char *path, const char answer[static ANSWER])
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf pub = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	struct nhi_ssh_cert_request r = util_request(key);
	struct nhi_why why = { "" };
	pid_t pid;

	util_read("ca-ed25519.pub", &pub);
	nhi_buf_printf(&text, "%.*s %s", (int)(strrchr(pub.p, ' ') - pub.p),
	    pub.p, sock(path));
	assert_int_equal(nhi_ssh_private_agent(nhi_buf_all(&text), &ca, &why),
	    NHI_OK);
	pid = agent(path, (struct nhi_span){ answer, ANSWER },
	    ANSWERS);
	assert_int_equal(nhi_ssh_cert_sign(&r, ca, &line, &why),
	    NHI_ERR_CA_KEY);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(line.n, 0);
}

/*
 * A signature over something else, and one of another form, leave no
 * certificate.
 */
static void
test_forged(void **state)
{
	static const char of_nothing[ANSWER] = "\0\0\0\x58\x0e\0\0\0\x53"
	    "\0\0\0\x0bssh-ed25519\0\0\0\x40";
	static const char of_none[ANSWER] = "\0\0\0\x58\x0e\0\0\0\x53"
	    "\0\0\0\x0bssh-ed25518\0\0\0\x40";

	(void)state;
	util_need_keygen();
	util_keygen("ca", "ed25519");
	check_forged("forger", of_nothing);
	check_forged("forger2", of_none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_manners),
		cmocka_unit_test(test_forged),
		/* End of the tests */
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, setup, teardown);
}
