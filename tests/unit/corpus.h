/* SPDX-License-Identifier: BSD-2-Clause */
/* The cases of tests/vectors/make_tokens.py for test programs. */
#ifndef NHI_TESTS_UNIT_CORPUS_H
#define NHI_TESTS_UNIT_CORPUS_H

#include "lib/base/rules.h"
#include "lib/token/verify.h"

#define CORPUS_MAX	2048	/* cases */

struct corpus_case {
	struct nhi_span name;
	enum nhi_err expected;
	struct nhi_span settings;
	struct nhi_buf jwks;
	struct nhi_buf token;
};

struct corpus {
	struct nhi_buf text;
	struct corpus_case cases[CORPUS_MAX];
	size_t n;
};

/* False, with a message, when the file is not as it should be. */
bool		 corpus_load(struct corpus *, const char *path);
void		 corpus_free(struct corpus *);

/*
 * The ladder over this case's key set and settings with any token.  Right
 * before it starts, *corpus_before_verify (if there is one) is set to
 * corpus_countdown: the set-up of the test is not part of what is tested.
 */
extern unsigned long	*corpus_before_verify;
extern unsigned long	 corpus_countdown;
enum nhi_err	 corpus_verify(const struct corpus_case *, struct nhi_span,
		    struct nhi_why *);

#endif
