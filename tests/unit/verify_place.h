/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-verify in a test: its files are compiled once more with this header in
 * front, so that its paths lead into the scratch directory, main is a function
 * and _exit an exit.  Its sandbox has tests of its own (test_confine); here
 * stand-ins look that it comes before the first byte of input.
 */
#ifndef NHI_TEST_VERIFY_PLACE_H
#define NHI_TEST_VERIFY_PLACE_H

#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/verdict.h"

int	 place_main(int, char **);
void	 place_exit(int) __attribute__((noreturn));

#ifdef NHI_TEST_VERIFY_PROGRAM
#undef NHI_PUBLISHED_DIR
#undef NHI_CA_TRUSTED
#undef NHI_ID_VERIFY
#undef NHI_ID_FETCH
#define NHI_PUBLISHED_DIR	"published"
#define NHI_CA_TRUSTED		"trusted.pub"
#define NHI_ID_VERIFY		"id-verify"
#define NHI_ID_FETCH		"id-fetch"
#define NHI_FILE_ROOT		NHI_FILE_OWN	/* tests are not root */
#define main			place_main
#define _exit			place_exit
#endif

#define PLACE_NOW	1800000000
#define PLACE_UNCONFINED	99	/* exit: a byte was read too early */

/* Steps that a run takes before its input, and which of them fails. */
enum place_step {
	PLACE_NONE, PLACE_IDENTITY, PLACE_BEGIN, PLACE_END,
};
extern enum place_step place_fails;

/* Where standard output goes: "written", or a full device. */
extern const char *place_output;

/*
 * Group fixture: the scratch directory of ssh_util.h with a published
 * generation 1 whose account web-deploy (a job of corp) has one identity.
 */
int	 place_setup(void **);

/* The issuer's line and the identity's, as published next. */
void	 place_publish(const char *issuer, const char *identity);
extern const char place_issuer[];
extern const char place_identity[];

/*
 * Run nhi-verify with these words and input; descriptor 3 is the file
 * "set.json".  The exit status; what it wrote is appended to out.
 */
int	 place_run(const char *const *argv, struct nhi_span in,
	    struct nhi_buf *out);

/*
 * The same with a request (nhi-verify KIND 1 web-deploy place_key) and a
 * verdict, which must be the answer to it; its reason.
 */
extern const char *place_key;		/* "-" */
enum nhi_err	 place_ask(enum nhi_verdict_kind, struct nhi_span,
		    struct nhi_verdict *);

#endif
