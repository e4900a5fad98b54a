/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking a verifier that does what it should, and many that do not. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/spawn.h"
#include "lib/base/verifier.h"

static struct nhi_policy policy = { .generation = "7" };

static struct nhi_verifier
question(const char *how)
{
	memset(policy.digest, 'a', NHI_DIGEST_HEX);
	for (size_t i = 1; i < NHI_DIGEST_HEX; i += 2)
		policy.digest[i] = 'b';
	return (struct nhi_verifier){
		.program = FAKE_VERIFIER, .policy = &policy, .account = how,
		.kind = NHI_KIND_TOKEN, .now = 1000,
		.bytes = NHI_SPAN("a\tb"),
	};
}

static enum nhi_err
ask(const char *how, struct nhi_verdict *v)
{
	struct nhi_verifier q = question(how);
	struct nhi_why why = { "" };
	enum nhi_err err;

	err = nhi_verifier_ask(&q, v, &why);
	assert_true(err == NHI_OK || why.text[0] != '\0');
	return err;
}

static void
test_good(void **state)
{
	struct nhi_verdict v;
	char text[8];

	(void)state;
	assert_int_equal(ask("good", &v), NHI_OK);
	assert_int_equal(v.reason, NHI_OK);
	assert_int_equal(v.identity, 3);
	nhi_verdict_value(&v, "detail", text, sizeof(text));
	assert_string_equal(text, "a?b");
	/* No child is left, ours or a stranger's. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* nhi-verify itself, without nhi-drop before it. */
static void
test_bare(void **state)
{
	struct nhi_verifier q = {
		.program = FAKE_VERIFIER, .bare = true, .policy = &policy,
		.account = "good", .kind = NHI_KIND_DIRECT, .now = 1000,
		.bytes = NHI_SPAN("a\tb"),
	};
	struct nhi_verdict v;
	struct nhi_why why;

	(void)state;
	assert_int_equal(nhi_verifier_ask(&q, &v, &why), NHI_OK);
	assert_int_equal(v.identity, 3);
	q.bare = false;
	assert_int_equal(nhi_verifier_ask(&q, &v, &why), NHI_ERR_VERIFIER);
}

static void
test_claims(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(256);
	struct nhi_verdict v = { .reason = NHI_OK };

	(void)state;
	nhi_verdict_line(&v, "issuer", NHI_SPAN("x"));
	nhi_verdict_line(&v, "claim.ref", NHI_SPAN("a\nclaim.sub=b"));
	nhi_verdict_line(&v, "claim.", NHI_SPAN("="));
	nhi_verdict_line(&v, "subject", NHI_SPAN("claim.ref=c"));
	nhi_verdict_claims(&v, &b);
	assert_string_equal(nhi_buf_text(&b), "ref=a?claim.sub=b\n==\n");
}

static void
test_bad(void **state)
{
	static const char *const how[] = {
		"nonce", "digest", "person", "twice", "short", "none",
		"magic", "reason", "flood", "deaf", "killed", "status",
		/* End of the misbehaviours */
	};
	struct nhi_verdict v = { .identity = 42 };

	(void)state;
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		if (ask(how[i], &v) != NHI_ERR_VERIFIER)
			fail_msg("%s was believed", how[i]);
		assert_int_equal(v.identity, 42);
	}
}

static void
test_late(void **state)
{
	struct nhi_verdict v;
	int64_t before = nhi_clock_ms();

	(void)state;
	assert_int_equal(ask("late", &v), NHI_ERR_VERIFIER);
	assert_int_equal(ask("open", &v), NHI_ERR_VERIFIER);
	assert_in_range(nhi_clock_ms() - before, 2 * NHI_VERIFIER_MS - 100,
	    2 * NHI_VERIFIER_MS + 3000);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* One that has no processor for that long is not late. */
static void
test_slow(void **state)
{
	struct nhi_verdict v;
	int64_t before = nhi_clock_ms();

	(void)state;
	assert_int_equal(ask("slow", &v), NHI_OK);
	assert_true(nhi_clock_ms() - before > NHI_VERIFIER_MS);
	assert_int_equal(v.identity, 3);
}

/* One that spends a processor's time for that long is. */
static void
test_spins(void **state)
{
	struct nhi_verdict v;
	int64_t before = nhi_clock_ms();

	(void)state;
	assert_int_equal(ask("spins", &v), NHI_ERR_VERIFIER);
	assert_in_range(nhi_clock_ms() - before, NHI_VERIFIER_MS - 100,
	    NHI_VERIFIER_MS + NHI_SPAWN_PATIENCE_MS + 3000);
}

/* Which of the children answered is told by the children that are left. */
static enum nhi_err
ask_ahead(struct nhi_verifier_ahead *a, const char *how,
    struct nhi_verdict *v)
{
	struct nhi_verifier q = question(how);
	struct nhi_why why = { "" };

	q.ahead = a;
	return nhi_verifier_ask(&q, v, &why);
}

static void
test_ahead(void **state)
{
	struct nhi_verifier q = question("good");
	struct nhi_verifier_ahead a = { .started = false };
	struct nhi_verdict v;
	pid_t pid;

	(void)state;
	nhi_verifier_start(&q, &a);
	assert_true(a.started);
	pid = a.child.pid;
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	/* Another program would not be found: the one that waits answers. */
	q.program = "/nonexistent/nhi-drop";
	q.ahead = &a;
	assert_int_equal(nhi_verifier_ask(&q, &v, &(struct nhi_why){ "" }),
	    NHI_OK);
	assert_false(a.started);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
}

/* Of another policy, of another kind, killed, deaf: another one is asked. */
static void
test_ahead_not(void **state)
{
	struct nhi_verifier q = question("good");
	struct nhi_verifier_ahead a = { .started = false };
	struct nhi_verdict v;

	(void)state;
	nhi_verifier_start(&q, &a);
	memcpy(a.generation, "6", 2);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
	q.kind = NHI_KIND_CERTIFICATE;
	nhi_verifier_start(&q, &a);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
	q.kind = NHI_KIND_TOKEN;
	nhi_verifier_start(&q, &a);
	assert_int_equal(kill(a.child.pid, SIGKILL), 0);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
	q = question("deaf");
	nhi_verifier_start(&q, &a);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
	assert_false(a.started);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/*
 * What the host does in between: it starts programs of its own, reaps whatever
 * dies, or has the kernel do it.
 */
static void
test_ahead_host(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	struct nhi_verifier q = question("good");
	struct nhi_verifier_ahead a = { .started = false };
	struct nhi_verdict v;
	pid_t other;

	(void)state;
	nhi_verifier_start(&q, &a);
	assert_int_equal(fcntl(a.child.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(kill(a.child.pid, SIGKILL), 0);
	assert_int_equal(waitpid(-1, NULL, 0), a.child.pid);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
	nhi_verifier_start(&q, &a);
	assert_int_equal(kill(a.child.pid, SIGKILL), 0);
	assert_int_equal(waitpid(-1, NULL, 0), a.child.pid);
	nhi_verifier_drop(&a);
	assert_int_equal(sigaction(SIGCHLD, &ignore, &old), 0);
	nhi_verifier_start(&q, &a);
	assert_int_equal(kill(a.child.pid, SIGKILL), 0);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
	assert_int_equal(sigaction(SIGCHLD, &old, NULL), 0);
	/* A child of the host's own is the host's to reap. */
	nhi_verifier_start(&q, &a);
	if ((other = fork()) == 0)
		_exit(42);
	assert_int_equal(ask_ahead(&a, "good", &v), NHI_OK);
	assert_int_equal(waitpid(-1, NULL, 0), other);
}

/* What it said counts, and nobody else is asked after it. */
static void
test_ahead_bad(void **state)
{
	static const char *const how[] = {
		"nonce", "digest", "twice", "short", "killed", "status",
		/* End of the misbehaviours */
	};
	struct nhi_verifier_ahead a = { .started = false };
	struct nhi_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		struct nhi_verifier q = question(how[i]);

		nhi_verifier_start(&q, &a);
		if (ask_ahead(&a, "good", &v) != NHI_ERR_VERIFIER)
			fail_msg("%s was believed", how[i]);
	}
}

static void
test_ahead_drop(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old, after;
	struct nhi_verifier q = question("good");
	struct nhi_verifier_ahead a = { .started = false };

	(void)state;
	nhi_verifier_drop(&a);
	assert_int_equal(sigaction(SIGCHLD, &ignore, &old), 0);
	nhi_verifier_start(&q, &a);
	assert_int_equal(sigaction(SIGCHLD, NULL, &after), 0);
	assert_true(after.sa_handler == SIG_IGN);
	/* A second takes the place of the first. */
	nhi_verifier_start(&q, &a);
	nhi_verifier_drop(&a);
	assert_false(a.started);
	nhi_verifier_drop(&a);
	assert_int_equal(sigaction(SIGCHLD, &old, &after), 0);
	assert_true(after.sa_handler == SIG_IGN);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	if (getenv("NHI_VALGRIND") != NULL)
		return;		/* its posix_spawn never fails */
	q.program = "/nonexistent/nhi-drop";
	nhi_verifier_start(&q, &a);
	assert_false(a.started);
}

static void
test_missing(void **state)
{
	struct nhi_verifier q = {
		.program = "/nonexistent/nhi-drop", .policy = &policy,
		.account = "good", .kind = NHI_KIND_TOKEN,
		.bytes = NHI_SPAN("x"),
	};
	struct nhi_verdict v;
	struct nhi_why why;

	(void)state;
	assert_int_equal(nhi_verifier_ask(&q, &v, &why), NHI_ERR_VERIFIER);
}

/* A host that ignores SIGCHLD, and has the low descriptors closed. */
static void
test_host(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old, after;
	struct nhi_verdict v;
	int in = dup(0);

	(void)state;
	assert_int_equal(sigaction(SIGCHLD, &ignore, &old), 0);
	(void)close(0);
	assert_int_equal(ask("good", &v), NHI_OK);
	assert_int_equal(sigaction(SIGCHLD, &old, &after), 0);
	assert_true(after.sa_handler == SIG_IGN);
	assert_int_equal(dup2(in, 0), 0);
	(void)close(in);
}

/* One byte wrong anywhere in a verdict's frame, and it is none. */
static void
test_truncate(void **state)
{
	struct nhi_verdict v = { .reason = NHI_OK }, back;
	struct nhi_buf b = NHI_BUF(NHI_VERDICT_MAX);
	struct nhi_why why;

	(void)state;
	nhi_verdict_line(&v, "subject", NHI_SPAN("x"));
	nhi_verdict_format(&v, &b);
	assert_int_equal(b.n, NHI_VERDICT_FIXED + 10);
	assert_int_equal(nhi_verdict_parse(nhi_buf_all(&b), &back, &why),
	    NHI_OK);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(nhi_verdict_parse(
		    (struct nhi_span){ b.p, n }, &back, &why),
		    NHI_ERR_VERIFIER);
	b.p[b.n - 2] = '\x01';
	assert_int_equal(nhi_verdict_parse(nhi_buf_all(&b), &back, &why),
	    NHI_ERR_VERIFIER);
	nhi_buf_wipe(&b);
}

static void
test_request(void **state)
{
	struct nhi_request q = {
		.now = 5, .kind = NHI_KIND_CERTIFICATE,
		.bytes = NHI_SPAN("bytes"),
	}, back;
	struct nhi_buf b = NHI_BUF(1024);
	struct nhi_why why;

	(void)state;
	nhi_request_format(&q, &b);
	assert_int_equal(b.n, NHI_REQUEST_FIXED + 5);
	assert_int_equal(nhi_request_parse(nhi_buf_all(&b), &back, &why),
	    NHI_OK);
	assert_true(nhi_span_is(back.bytes, "bytes"));
	assert_int_equal(back.kind, NHI_KIND_CERTIFICATE);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(nhi_request_parse(
		    (struct nhi_span){ b.p, n }, &back, &why),
		    NHI_ERR_INTERNAL);
	nhi_buf_wipe(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_spins),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_ahead_not),
		cmocka_unit_test(test_ahead_host),
		cmocka_unit_test(test_ahead_bad),
		cmocka_unit_test(test_ahead_drop),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_truncate),
		cmocka_unit_test(test_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
