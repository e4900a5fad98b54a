/* SPDX-License-Identifier: BSD-2-Clause */
/* Every case gets its code, and every code has a case. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/corpus.h"

#define BAD_MIN		600
#define GOOD_MIN	125

static struct corpus corpus;

static void
test_codes(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < corpus.n; i++) {
		const struct corpus_case *c = &corpus.cases[i];
		struct nhi_why why = { "" };
		enum nhi_err err = corpus_verify(c, nhi_buf_all(&c->token),
		    &why);

		if (err == c->expected)
			continue;
		print_error("%.*s: %s (%s), not %s\n", (int)c->name.n,
		    c->name.p, nhi_err_slug(err), why.text,
		    nhi_err_slug(c->expected));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* A sentence for each refusal: short, printable, with its clause. */
static void
test_sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < corpus.n; i++) {
		const struct corpus_case *c = &corpus.cases[i];
		struct nhi_why why = { "" };

		if (corpus_verify(c, nhi_buf_all(&c->token), &why) == NHI_OK)
			continue;
		assert_true(why.text[0] != '\0');
		for (const char *p = why.text; *p != '\0'; p++)
			assert_true(*p >= ' ' && *p <= '~');
		print_message("%.*s: %s\n", (int)c->name.n, c->name.p,
		    why.text);
	}
}

static bool
is_ours(enum nhi_err err)
{
	switch (nhi_err_class(err)) {
	case NHI_CLASS_INPUT:
		/* Those two are of whoever reads the request. */
		return err != NHI_ERR_TIMEOUT && err != NHI_ERR_INPUT;
	case NHI_CLASS_KEYS:
		/* The fetcher has its own. */
		return err == NHI_ERR_JWKS || err == NHI_ERR_JWKS_MISSING ||
		    err == NHI_ERR_JWKS_STALE;
	case NHI_CLASS_TOKEN:
		return true;
	case NHI_CLASS_NONE:
	case NHI_CLASS_POLICY:
	case NHI_CLASS_BUSY:
	case NHI_CLASS_CERT:
	case NHI_CLASS_FAULT:
		break;
	}
	return false;
}

static void
test_count(void **state)
{
	size_t seen[NHI_ERR_COUNT] = { 0 };

	(void)state;
	for (size_t i = 0; i < corpus.n; i++)
		seen[corpus.cases[i].expected]++;
	for (int e = 0; e < NHI_ERR_COUNT; e++)
		if (is_ours((enum nhi_err)e) && seen[e] == 0)
			fail_msg("no case for %s",
			    nhi_err_slug((enum nhi_err)e));
	assert_true(seen[NHI_OK] >= GOOD_MIN);
	assert_true(corpus.n - seen[NHI_OK] >= BAD_MIN);
}

static void
sweep(const struct corpus_case *c, unsigned int bits)
{
	char copy[4096];
	size_t n = c->token.n;

	assert_true(n < sizeof(copy));
	memcpy(copy, c->token.p, n);
	assert_int_equal(corpus_verify(c, (struct nhi_span){ copy, n }, NULL),
	    NHI_OK);
	for (size_t len = 0; len < n; len++)
		assert_int_not_equal(corpus_verify(c,
		    (struct nhi_span){ copy, len }, NULL), NHI_OK);
	for (size_t i = 0; i < n * bits; i++) {
		char bit = (char)(1 << (i + i / bits) % 8);

		copy[i / bits] ^= bit;
		assert_int_not_equal(corpus_verify(c,
		    (struct nhi_span){ copy, n }, NULL), NHI_OK);
		copy[i / bits] ^= bit;
	}
}

/*
 * Any one bit changed, any truncation: refused.  The algorithms that are slow
 * to verify have one bit in each octet changed, a different one each time.
 */
static void
test_sweep(void **state)
{
	static const struct {
		const char *name;
		unsigned int bits;
	} swept[] = {
		{ "RS256 with kid", 8 }, { "ES256 with kid", 8 },
		{ "EdDSA with kid", 8 }, { "PS256 with kid", 1 },
		{ "ES384 with kid", 1 }, { "ES512 with kid", 1 },
		/* End of the swept */
	};
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < corpus.n; i++)
		for (size_t k = 0; k < sizeof(swept) / sizeof(swept[0]); k++)
			if (nhi_span_is(corpus.cases[i].name, swept[k].name)) {
				sweep(&corpus.cases[i], swept[k].bits);
				found++;
			}
	assert_int_equal(found, sizeof(swept) / sizeof(swept[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_sweep),
		/* End of the tests */
	};
	int failed;

	if (!corpus_load(&corpus, "tests/vectors/tokens.txt"))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	corpus_free(&corpus);
	return failed;
}
