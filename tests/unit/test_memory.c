/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The k-th allocation fails, k = 1, 2, ... until none does: ours and
 * libcrypto's alike, since this program's malloc is everybody's.  A good token
 * may then be refused, a bad one must never be accepted.  json-c's parser is
 * left out: it dies of some of its own, which in the verifier is a refusal.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/base/rules.h"
#include "lib/token/warm_up.h"
#include "tests/unit/corpus.h"

void	*__libc_malloc(size_t);
void	*__libc_calloc(size_t, size_t);
void	*__libc_realloc(void *, size_t);

/* Seen by the libraries: hidden, they would serve this program alone. */
#define SEEN	__attribute__((visibility("default")))
SEEN void	*malloc(size_t);
SEEN void	*calloc(size_t, size_t);
SEEN void	*realloc(void *, size_t);

struct json_object;
struct json_tokener;
struct json_tokener *__real_json_tokener_new_ex(int);
struct json_tokener *__wrap_json_tokener_new_ex(int);
struct json_object *__real_json_tokener_parse_ex(struct json_tokener *,
			    const char *, int);
struct json_object *__wrap_json_tokener_parse_ex(struct json_tokener *,
			    const char *, int);

static struct corpus corpus;
static unsigned long countdown;		/* 0: no failure is wanted */
static unsigned long failed_at;

static bool
fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	failed_at++;
	return true;
}

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

struct json_tokener *
__wrap_json_tokener_new_ex(int depth)
{
	unsigned long left = countdown;
	struct json_tokener *t;

	countdown = 0;
	t = __real_json_tokener_new_ex(depth);
	countdown = left;
	return t;
}

struct json_object *
__wrap_json_tokener_parse_ex(struct json_tokener *t, const char *p, int n)
{
	unsigned long left = countdown;
	struct json_object *o;

	countdown = 0;
	o = __real_json_tokener_parse_ex(t, p, n);
	countdown = left;
	return o;
}

/* One case with the k-th allocation failing; false when there was no k-th. */
static bool
run(const struct corpus_case *c, unsigned long k, enum nhi_err *ret)
{
	struct nhi_why why = { "" };

	failed_at = 0;
	corpus_before_verify = &countdown;
	corpus_countdown = k;
	*ret = corpus_verify(c, nhi_buf_all(&c->token), &why);
	countdown = 0;
	return failed_at > 0;
}

static void
exhaust(const struct corpus_case *c)
{
	unsigned long k = 1, refused = 0;
	enum nhi_err err = NHI_ERR_INTERNAL;

	for (; run(c, k, &err); k++) {
		if (c->expected != NHI_OK)
			assert_int_not_equal(err, NHI_OK);
		refused += err != NHI_OK;
	}
	assert_int_equal(err, c->expected);
	assert_true(refused > 10);
	print_message("%.*s: %lu allocations, %lu refusals\n",
	    (int)c->name.n, c->name.p, k - 1, refused);
}

static void
test_exhausted(void **state)
{
	static const char *const wanted[] = {
		"RS256 with kid", "ES256 with kid", "EdDSA with kid",
		"ES256 without kid, one key",
		"RS256 by another key", "PS256 by another key",
		"ES256 by another key", "EdDSA by another key",
		"aud 'ssh://web-2.example.com'", "time: expired by the skew",
		/* End of the wanted */
	};
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < corpus.n; i++)
		for (size_t w = 0; w < sizeof(wanted) / sizeof(wanted[0]);
		    w++)
			if (nhi_span_is(corpus.cases[i].name, wanted[w])) {
				exhaust(&corpus.cases[i]);
				found++;
			}
	assert_int_equal(found, sizeof(wanted) / sizeof(wanted[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exhausted),
		/* End of the tests */
	};
	struct nhi_why why;
	int failed;

	if (!corpus_load(&corpus, "tests/vectors/tokens.txt") ||
	    nhi_token_warm_up(NHI_ALG_ALL, &why) != NHI_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	corpus_free(&corpus);
	return failed;
}
