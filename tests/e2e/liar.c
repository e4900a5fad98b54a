/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A verifier in an attacker's hands, installed in the place of nhi-verify: it
 * asks nobody, confines nothing and answers what the words of the file
 * /run/liar/KIND (token, certificate, direct), else /run/liar/ACCOUNT, else
 * /run/liar/any tell it.  Without a word: this token or certificate is good,
 * for the first identity, for an hour.
 *
 *	reason=SLUG|NUMBER identity=N mark=HEX key=HEX serial=N line=NAME=VALUE
 *	iat= exp= after= before=	seconds since 1970, or +N or -N from now
 *	raw=HEX			bytes behind the lines, as they are
 *	nonce digest magic version total	that field is wrong
 *	cut=N kill=N hang=N	after N bytes of the answer: exit, die, stay
 *	late=MS status=N twice flood deaf garbage=SEED stay none
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "lib/base/verdict.h"

#define PLANS		"/run/liar/"
#define WORDS_MAX	64

static struct nhi_verdict verdict;
static struct nhi_buf out = NHI_BUF(4U << 20);
static char *words[WORDS_MAX];
static char plan[8192];

/* The value of a word of the plan, "" for a bare one, or NULL. */
static const char *
word(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; words[i] != NULL; i++)
		if (strncmp(words[i], name, n) == 0 &&
		    (words[i][n] == '=' || words[i][n] == '\0'))
			return words[i] + n + (words[i][n] == '=');
	return NULL;
}

static void
read_plan(const char *kind, const char *account)
{
	const char *const names[] = { kind, account, "any" };
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char path[128], *rest = plan;
	ssize_t n;
	size_t k = 0;

	for (size_t i = 0; i < 3 && fd < 0; i++) {
		(void)snprintf(path, sizeof(path), PLANS "%s", names[i]);
		fd = open(path, O_RDONLY);
	}
	n = fd < 0 ? 0 : read(fd, plan, sizeof(plan) - 1);
	plan[n < 0 ? 0 : n] = '\0';
	while (k < WORDS_MAX - 1 && (words[k] = strsep(&rest, " \n")) != NULL)
		k++;
}

static long long
number(const char *name, long long otherwise)
{
	const char *v = word(name);

	return v == NULL ? otherwise : strtoll(v, NULL, 0);
}

/* "+60" and "-60" are from now. */
static int64_t
moment(const char *name, int64_t otherwise)
{
	const char *v = word(name);
	int64_t t;

	if (v == NULL)
		return otherwise;
	t = (int64_t)strtoull(v, NULL, 0);
	return v[0] == '+' || v[0] == '-' ? (int64_t)time(NULL) + t : t;
}

static void
bytes(const char *name, uint8_t *to, size_t n)
{
	const char *v = word(name);

	if (v != NULL)
		(void)!nhi_num_unhex(nhi_span_str(v), to, n);
}

static void
put_lines(void)
{
	const char *v = word("raw");

	for (size_t i = 0; words[i] != NULL; i++) {
		char *value = strncmp(words[i], "line=", 5) == 0 ?
		    strchr(words[i] + 5, '=') : NULL;

		if (value == NULL)
			continue;
		*value = '\0';
		nhi_verdict_line(&verdict, words[i] + 5,
		    nhi_span_str(value + 1));
		*value = '=';
	}
	if (v == NULL)
		return;
	(void)!nhi_num_unhex(nhi_span_str(v),
	    (uint8_t *)verdict.lines + verdict.nlines, strlen(v) / 2);
	verdict.nlines += strlen(v) / 2;
}

static void
make(const char *generation)
{
	struct nhi_policy policy;
	struct nhi_why why;
	const char *reason = word("reason");

	verdict.reason = reason == NULL ? NHI_OK : nhi_err_find(reason);
	if (verdict.reason == NHI_ERR_COUNT)
		verdict.reason = (enum nhi_err)strtoul(reason, NULL, 0);
	verdict.identity = (uint32_t)number("identity", 0);
	verdict.serial = (uint64_t)number("serial", 1);
	verdict.iat = moment("iat", time(NULL));
	verdict.exp = moment("exp", time(NULL) + 3600);
	verdict.valid_after = moment("after", time(NULL) - 60);
	verdict.valid_before = moment("before", time(NULL) + 600);
	/* Each token is another one. */
	(void)!getentropy(verdict.mark, sizeof(verdict.mark));
	bytes("mark", verdict.mark, sizeof(verdict.mark));
	bytes("key", verdict.key, sizeof(verdict.key));
	if (nhi_policy_open_generation(NHI_PUBLISHED_DIR, generation, &policy,
	    &why) == NHI_OK)
		(void)!nhi_num_unhex(nhi_span_str(policy.digest),
		    verdict.digest, sizeof(verdict.digest));
	put_lines();
}

static void
garbage(void)
{
	uint32_t seed = (uint32_t)number("garbage", 0);

	out.n = 0;
	for (int i = 0; i < 400; i++) {
		seed = seed * 1664525 + 1013904223;
		nhi_buf_u8(&out, (uint8_t)(seed >> 24));
	}
}

static void
distort(void)
{
	static const struct {
		const char *name;
		size_t at;
	} fields[] = {
		{ "magic", 0 }, { "version", 5 }, { "total", 9 },
		{ "nonce", 10 }, { "digest", 32 },
		/* End of the fields */
	};

	nhi_verdict_format(&verdict, &out);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (word(fields[i].name) != NULL)
			out.p[fields[i].at] ^= 1;
	if (word("twice") != NULL)
		nhi_verdict_format(&verdict, &out);
	if (word("garbage") != NULL)
		garbage();
	if (word("none") != NULL)
		out.n = 0;
}

static _Noreturn void
stay(void)
{
	(void)alarm(0);
	for (;;)
		(void)pause();
}

/* So much of the answer, and then what the word says. */
static size_t
part(const char *name)
{
	long long n = number(name, -1);

	return n < 0 || (size_t)n > out.n ? out.n : (size_t)n;
}

static _Noreturn void
answer(void)
{
	struct nhi_span s = nhi_buf_all(&out);
	struct nhi_why why;

	if (word("late") != NULL) {
		(void)alarm(0);
		(void)usleep((useconds_t)number("late", 0) * 1000);
	}
	s.n = part("cut") < s.n ? part("cut") : s.n;
	s.n = part("kill") < s.n ? part("kill") : s.n;
	s.n = part("hang") < s.n ? part("hang") : s.n;
	do
		(void)!nhi_file_put(STDOUT_FILENO, s, &why);
	while (word("flood") != NULL);
	if (word("kill") != NULL)
		(void)raise(SIGKILL);
	if (word("hang") != NULL)
		stay();
	if (word("stay") != NULL) {
		(void)close(STDIN_FILENO);
		(void)close(STDOUT_FILENO);
		stay();
	}
	_exit((int)number("status", 0));
}

/* For nhictl, which only shows what it is given. */
static _Noreturn void
speak(void)
{
	NHI_AUTO(nhi_fd_close) int fd = open(PLANS "text", O_RDONLY);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf in = NHI_BUF(1U << 20);
	struct nhi_why why;

	(void)!nhi_file_slurp(STDIN_FILENO, &in, &why);
	if (fd >= 0 && nhi_file_slurp(fd, &out, &why) == NHI_OK)
		(void)!nhi_file_put(STDOUT_FILENO, nhi_buf_all(&out), &why);
	_exit(0);
}

int
main(int argc, char *argv[])
{
	struct nhi_buf in = NHI_BUF(1U << 20);
	struct nhi_request q = { .now = 0 };
	struct nhi_why why;

	if (argc != 5)
		speak();
	read_plan(argv[1], argv[3]);
	if (word("deaf") == NULL && nhi_file_slurp(STDIN_FILENO, &in,
	    &why) == NHI_OK && nhi_request_parse(nhi_buf_all(&in), &q,
	    &why) == NHI_OK)
		memcpy(verdict.nonce, q.nonce, sizeof(verdict.nonce));
	make(argv[2]);
	distort();
	answer();
}
