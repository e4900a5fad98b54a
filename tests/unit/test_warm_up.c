/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After the warm-up a process under nhi-verify's filter verifies every case of
 * the corpus; and openssl.cnf has no say in it.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/base/file.h"
#include "lib/base/rules.h"
#include "lib/token/show.h"
#include "lib/token/warm_up.h"
#include "tests/unit/corpus.h"
#include "verify/confine.h"

#define CONF	"tests/vectors/hostile.cnf"

static struct corpus corpus;

/* A configuration that refuses every algorithm, in 1.1.1 and in 3. */
static const char hostile[] =
    "openssl_conf = init\n[init]\nalg_section = algorithms\n"
    "[algorithms]\ndefault_properties = fips=yes\nfips_mode = yes\n";

/* The child: 0 as it should be, 1 a wrong code, 2 no warm-up, 3 no sandbox. */
static int
run_confined(void)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(1 << 20);
	struct nhi_why why;

	if (nhi_token_warm_up(NHI_ALG_ALL, &why) != NHI_OK)
		return 2;
	if (nhi_confine_end(&why) != NHI_OK)
		return 3;
	for (size_t i = 0; i < corpus.n; i++) {
		const struct corpus_case *c = &corpus.cases[i];

		if (corpus_verify(c, nhi_buf_all(&c->token), &why) !=
		    c->expected)
			return 1;
	}
	return nhi_token_show(nhi_buf_all(&corpus.cases[0].token), &text,
	    &why) == NHI_OK ? 0 : 1;
}

static int
status_of(int (*run)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(run());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
test_confined(void **state)
{
	int status;

	(void)state;
	if (getenv("NHI_VALGRIND") != NULL)
		skip();		/* it needs the memory that we forbid */
	status = status_of(run_confined);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int
run_hostile(void)
{
	struct nhi_why why;
	const struct corpus_case *c = &corpus.cases[0];

	if (setenv("OPENSSL_CONF", CONF, 1) != 0)
		return 3;
	/* With and without the warm-up: the verifier must not load it. */
	if (corpus_verify(c, nhi_buf_all(&c->token), &why) != c->expected)
		return 1;
	return nhi_token_warm_up(NHI_ALG_ALL, &why) == NHI_OK ? 0 : 2;
}

static void
test_hostile_configuration(void **state)
{
	struct nhi_why why;
	int status;

	(void)state;
	assert_int_equal(nhi_file_replace(AT_FDCWD, CONF, 0644,
	    nhi_span_str(hostile), &why), NHI_OK);
	status = status_of(run_hostile);
	assert_int_equal(unlink(CONF), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* Before anything initialises libcrypto in this process. */
		cmocka_unit_test(test_hostile_configuration),
		cmocka_unit_test(test_confined),
		/* End of the tests */
	};
	int failed;

	if (!corpus_load(&corpus, "tests/vectors/tokens.txt"))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	corpus_free(&corpus);
	return failed;
}
