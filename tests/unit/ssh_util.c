/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/file.h"
#include "tests/unit/ssh_util.h"

const char *const util_types[] = {
	"ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa2048", NULL
};

static char dir[] = "/tmp/nhi-ssh-XXXXXX";

int
util_setup(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL || chdir(dir) != 0;
}

int
util_teardown(void **state)
{
	(void)state;
	return chdir("/") != 0 || util_run("rm -rf %s", dir) != 0;
}

int
util_run(const char *fmt, ...)
{
	char command[4096], text[8192];
	va_list ap;
	int n, status;

	va_start(ap, fmt);
	n = vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	assert_true(n > 0 && (size_t)n < sizeof(command));
	n = snprintf(text, sizeof(text), "(%s) >%s/out 2>&1 </dev/null",
	    command, dir);
	assert_true(n > 0 && (size_t)n < sizeof(text));
	status = system(text);
	return status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
util_need_keygen(void)
{
	if (util_run("command -v ssh-keygen") != 0)
		skip();
}

void
util_read(const char *path, struct nhi_buf *out)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct nhi_why why = { "" };

	if (nhi_file_open(AT_FDCWD, path, NHI_FILE_ANY, &fd, &why) != NHI_OK ||
	    nhi_file_slurp(fd, out, &why) != NHI_OK)
		fail_msg("%s: %s", path, why.text);
}

void
util_write(const char *path, struct nhi_span s)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
	assert_int_equal(fclose(f), 0);
}

int
util_said(const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);

	util_read("out", &out);
	return strstr(nhi_buf_text(&out), text) != NULL;
}

void
util_expect(const char *before, const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf want = NHI_BUF(UTIL_BUF);

	util_read("out", &out);
	nhi_buf_str(&want, before);
	nhi_buf_str(&want, text);
	if (strstr(nhi_buf_text(&out), nhi_buf_text(&want)) == NULL)
		fail_msg("no \"%s\" in: %s", nhi_buf_text(&want),
		    nhi_buf_text(&out));
}

void
util_keygen(const char *prefix, const char *type)
{
	const char *bits = type + strcspn(type, "0123456789");
	int letters = (int)(bits - type);

	if (strcmp(type, "ed25519") == 0)
		letters = (int)strlen(type);
	assert_int_equal(util_run("test -f %s-%s || ssh-keygen -q -t %.*s %s%s"
	    " -N '' -C %s@example.com -f %s-%s", prefix, type, letters, type,
	    type[letters] == '\0' ? "" : "-b ", type + letters, prefix, prefix,
	    type), 0);
}

struct nhi_ssh_key *
util_public(const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	struct nhi_ssh_key *key = NULL;
	struct nhi_why why = { "" };

	util_read(path, &text);
	if (nhi_ssh_key_parse_line(nhi_buf_all(&text), &key, &why) != NHI_OK)
		fail_msg("%s: %s", path, why.text);
	return key;
}

struct nhi_ssh_private *
util_private(const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	struct nhi_ssh_private *key = NULL;
	struct nhi_why why = { "" };

	util_read(path, &text);
	if (nhi_ssh_private_parse(nhi_buf_all(&text), &key, &why) != NHI_OK)
		fail_msg("%s: %s", path, why.text);
	return key;
}

struct nhi_ssh_cert *
util_cert(const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(UTIL_BUF);
	struct nhi_ssh_cert *cert = NULL;
	struct nhi_why why = { "" };

	util_read(path, &text);
	if (nhi_ssh_cert_parse_line(nhi_buf_all(&text), &cert, &why) != NHI_OK)
		fail_msg("%s: %s", path, why.text);
	return cert;
}

struct nhi_ssh_cert_request
util_request(const struct nhi_ssh_key *subject)
{
	return (struct nhi_ssh_cert_request){
		.subject = subject,
		.serial = 7,
		.keyid = "nhi1:web-1.example.com:web-deploy:0123456789abcdef",
		.principal = "web-deploy",
		.valid_after = 1800000000,
		.valid_before = 1800000900,
	};
}

void
util_sign(const struct nhi_ssh_cert_request *r, const char *ca,
    const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *key = NULL;
	struct nhi_why why = { "" };

	key = util_private(ca);
	if (nhi_ssh_cert_sign(r, key, &line, &why) != NHI_OK)
		fail_msg("%s: %s", ca, why.text);
	nhi_buf_char(&line, '\n');
	util_write(path, nhi_buf_all(&line));
}
