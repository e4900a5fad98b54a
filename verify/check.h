/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be asked about a token without a policy: `check` (the whole
 * ladder), `show` (not verified) and `jwks` (is this a key set?).
 * Used by nhi-verify for root's nhictl, and by nhictl itself for somebody who
 * is not root.
 */
#ifndef NHI_VERIFY_CHECK_H
#define NHI_VERIFY_CHECK_H

#include "lib/base/rules.h"

struct nhi_check {
	struct nhi_issuer issuer;	/* owned; filled by the options */
	const char *jwks;		/* FILE, a word of argv, or NULL */
	int64_t now;
	bool signature_only;
	bool json;
};

/*
 * Read the options of `nhictl token check`, argv[0] being its name.
 * NHI_ERR_INPUT for wrong ones, with a sentence, or an empty one where
 * getopt_long has told it on standard error.  That --jwks is there is for the
 * caller to ask: nhi-verify gets the key set by descriptor.
 */
enum nhi_err	 nhi_check_options(int argc, char **argv, struct nhi_check *,
		    struct nhi_why *) NHI_MUST;
void		 nhi_check_wipe(struct nhi_check *);

/*
 * The answer as text into ret, first word `ok` or the reason code, or one JSON
 * object.  The return value is the reason.  One trailing newline is not the
 * token's; a buffer that was too small for it is `too-large`.
 */
enum nhi_err	 nhi_check_run(const struct nhi_check *, struct nhi_span jwks,
		    const struct nhi_buf *token, struct nhi_buf *ret);

/* The answer of a refusal, for what is known before the check is run. */
void		 nhi_check_refuse(const struct nhi_check *, enum nhi_err,
		    const struct nhi_why *, struct nhi_buf *ret);

/* Bytes as they were read, without one trailing newline. */
struct nhi_span	 nhi_check_token(const struct nhi_buf *);

#define NHI_CHECK_SHOWN	(1U << 20)	/* bytes of a token as text */

/* Header and claims as text, not verified; or the reason why not. */
enum nhi_err	 nhi_check_show(const struct nhi_buf *token,
		    struct nhi_buf *ret);

#endif
