/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_ext.h>

#include "lib/base/file.h"
#include "pam_nhi/ask.h"

/* One answer, appended; its length in *ret_n.  The answer itself is wiped. */
static enum nhi_err
ask_once(const struct nhi_pam_call *c, unsigned int part, struct nhi_buf *b,
    size_t *ret_n, struct nhi_why *why)
{
	char *answer = NULL;
	int status;

	if (part == 1)
		status = pam_prompt(c->pamh, PAM_PROMPT_ECHO_OFF, &answer,
		    "NHI token: ");
	else
		status = pam_prompt(c->pamh, PAM_PROMPT_ECHO_OFF, &answer,
		    "NHI token, part %u: ", part);
	if (status != PAM_SUCCESS || answer == NULL) {
		free(answer);
		return nhi_fail(why, NHI_ERR_INPUT,
		    "the client does not answer: %s",
		    status == PAM_SUCCESS ? "its answer is missing" :
		    pam_strerror(c->pamh, status));
	}
	*ret_n = strlen(answer);
	nhi_buf_put(b, answer, *ret_n);
	explicit_bzero(answer, *ret_n);
	free(answer);
	return nhi_buf_check(b, why);
}

static bool
may_be_cut(size_t n)
{
	return n == NHI_ASK_MISC || (n >= NHI_ASK_FULL && n <= NHI_ASK_CUT);
}

static enum nhi_err
converse(const struct nhi_pam_call *c, struct nhi_buf *b,
    struct nhi_why *why)
{
	enum nhi_err err;
	size_t n = 0;

	for (unsigned int part = 1; part <= NHI_ASK_PARTS; part++) {
		if ((err = ask_once(c, part, b, &n, why)) != NHI_OK)
			return err;
		if (!may_be_cut(n))
			return NHI_OK;
	}
	return nhi_fail(why, NHI_ERR_TOO_LARGE, "more than %d parts",
	    NHI_ASK_PARTS);
}

/* A password that an earlier module asked for. */
static bool
take_password(const struct nhi_pam_call *c, struct nhi_buf *b)
{
	const void *p = NULL;

	if (pam_get_item(c->pamh, PAM_AUTHTOK, &p) != PAM_SUCCESS || p == NULL)
		return false;
	nhi_buf_str(b, p);
	return b->n > 0;
}

static void
strip_newline(struct nhi_buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] == '\n')
		b->p[--b->n] = '\0';
}

enum nhi_err
nhi_pam_ask(const struct nhi_pam_call *c, struct nhi_buf *b,
    struct nhi_why *why)
{
	enum nhi_err err;

	if (c->token_file != NULL)
		err = nhi_file_read(AT_FDCWD, c->token_file, NHI_FILE_ROOT, b,
		    why);
	else if ((c->use_first_pass || c->try_first_pass) &&
	    take_password(c, b))
		err = nhi_buf_check(b, why);
	else if (c->use_first_pass)
		return nhi_fail(why, NHI_ERR_EMPTY,
		    "use_first_pass, and no module before asked");
	else
		err = converse(c, b, why);
	if (err != NHI_OK)
		return err;
	strip_newline(b);
	return b->n == 0 ? nhi_fail(why, NHI_ERR_EMPTY, "no token was sent") :
	    NHI_OK;
}
