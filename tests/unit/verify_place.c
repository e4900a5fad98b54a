/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/service.h"
#include "tests/unit/ssh_util.h"
#include "tests/unit/verify_place.h"
#include "verify/confine.h"

#define ARGS	24
#define DIGEST	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

const char place_issuer[] = "issuer corp custom https://issuer.example.com "
    "set.json 1023 60 86400 0 900 0 86400 1 1 0 0 0\n"
    "audience ssh://web-1.example.com\nprovenance sub\nprovenance iat\n"
    "provenance missing\nprovenance a=b\n";
const char place_identity[] = "identity web alice@example.com deploys "
    "web-deploy % 4102444800 0 900 0 0 0 0\n"
    "match 0 0 1 iss https://issuer.example.com\n";

enum place_step place_fails;
const char *place_output = "written";
const char *place_key = "-";
static enum place_step done;

static enum nhi_err
step(enum place_step this, struct nhi_why *why)
{
	if (done != this - 1 || lseek(STDIN_FILENO, 0, SEEK_CUR) != 0)
		place_exit(PLACE_UNCONFINED);
	done = this;
	return place_fails == this ? nhi_fail(why, NHI_ERR_INTERNAL,
	    "a step that fails") : NHI_OK;
}

enum nhi_err
nhi_service_identity(const char *identity, struct nhi_why *why)
{
	(void)identity;
	return step(PLACE_IDENTITY, why);
}

enum nhi_err
nhi_confine_begin(struct nhi_why *why)
{
	return step(PLACE_BEGIN, why);
}

enum nhi_err
nhi_confine_end(struct nhi_why *why)
{
	return step(PLACE_END, why);
}

/* Whoever has read something has been confined. */
void
place_exit(int status)
{
	exit(lseek(STDIN_FILENO, 0, SEEK_CUR) > 0 && done != PLACE_END ?
	    PLACE_UNCONFINED : status);
}

void
place_publish(const char *issuer, const char *identity)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(UTIL_BUF);

	nhi_buf_printf(&b, "nhi-rules 1 " DIGEST "\n%s%send\n", issuer,
	    identity);
	util_write("published/1/rules/web-deploy", nhi_buf_all(&b));
}

int
place_setup(void **state)
{
	if (util_setup(state) != 0 || mkdir("published", 0755) != 0 ||
	    mkdir("published/1", 0755) != 0 ||
	    mkdir("published/1/rules", 0755) != 0 ||
	    mkdir("published/1/names", 0755) != 0 ||
	    mkdir("published/1/templates", 0755) != 0 ||
	    symlink("/home/web:/bin/sh:994",
	    "published/1/names/web-deploy") != 0)
		return -1;
	util_write("published/1/digest", NHI_SPAN(DIGEST "\n"));
	util_write("id-fetch", NHI_SPAN(""));
	util_write("set.json", NHI_SPAN("{\"keys\":[]}"));
	place_publish(place_issuer, place_identity);
	return 0;
}

static void
put_at(int fd, const char *path, int flags)
{
	int other = open(path, flags, 0600);

	if (other < 0 || other == fd)
		return;
	if (dup2(other, fd) != fd)
		exit(98);
	(void)close(other);
}

static void
child(const char *const *words)
{
	char *argv[ARGS + 1] = { NULL };
	int argc = 0;

	for (; words[argc] != NULL && argc < ARGS; argc++)
		argv[argc] = strdup(words[argc]);
	put_at(STDIN_FILENO, "in", O_RDONLY);
	put_at(STDOUT_FILENO, place_output, O_WRONLY | O_CREAT | O_TRUNC);
	(void)close(3);
	put_at(3, "set.json", O_RDONLY);
	done = PLACE_NONE;
	place_exit(place_main(argc, argv));
}

int
place_run(const char *const *argv, struct nhi_span in, struct nhi_buf *out)
{
	int status = -1;
	pid_t pid;

	util_write("in", in);
	util_write("written", NHI_SPAN(""));
	(void)fflush(NULL);
	if ((pid = fork()) == 0)
		child(argv);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	util_read("written", out);
	return WEXITSTATUS(status);
}

enum nhi_err
place_ask(enum nhi_verdict_kind kind, struct nhi_span bytes,
    struct nhi_verdict *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(UTIL_BUF);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(UTIL_BUF);
	static const char *const kinds[] = {
		[NHI_KIND_TOKEN] = "token",
		[NHI_KIND_CERTIFICATE] = "certificate",
		[NHI_KIND_DIRECT] = "direct",
	};
	const char *const argv[] = { "nhi-verify", kinds[kind], "1",
		"web-deploy", place_key, NULL };
	const struct nhi_request r = { .nonce = "a nonce of its ",
		.now = PLACE_NOW, .kind = kind, .bytes = bytes };
	struct nhi_why why = { "" };

	nhi_request_format(&r, &in);
	assert_int_equal(place_run(argv, nhi_buf_all(&in), &out), 0);
	if (nhi_verdict_parse(nhi_buf_all(&out), v, &why) != NHI_OK)
		fail_msg("%s", why.text);
	assert_memory_equal(v->nonce, r.nonce, sizeof(r.nonce));
	assert_int_equal(v->reason == NHI_OK,
	    v->identity != NHI_VERDICT_NONE);
	return v->reason;
}
