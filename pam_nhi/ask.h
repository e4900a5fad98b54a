/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Getting the token.  The stock OpenSSH client cuts each answer at 1023 bytes
 * without a word, and login and whatever else has libpam_misc's conversation
 * at 511, so it is asked for in pieces: an answer that may have been cut asks
 * for the next one.
 */
#ifndef NHI_PAM_ASK_H
#define NHI_PAM_ASK_H

#include "pam_nhi/call.h"

#define NHI_ASK_MISC	511	/* exactly what libpam_misc leaves */
#define NHI_ASK_FULL	1000	/* bytes from which an answer may be cut */
#define NHI_ASK_CUT	1023	/* longer ones come from clients that do not */
#define NHI_ASK_PARTS	130	/* as many of the small ones as fit */

/*
 * From token_file=, the stacked modules' password (use_first_pass,
 * try_first_pass), or the conversation.  NHI_ERR_EMPTY, NHI_ERR_TOO_LARGE,
 * NHI_ERR_INPUT (no conversation), NHI_ERR_STATE.
 */
enum nhi_err	 nhi_pam_ask(const struct nhi_pam_call *, struct nhi_buf *ret,
		    struct nhi_why *) NHI_MUST;

#endif
