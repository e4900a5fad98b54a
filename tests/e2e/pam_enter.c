/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enter an account through PAM as a service without a password does:
 *	pam_enter SERVICE USER [RUSER [OTHER]]
 * (OTHER: PAM_USER is that one after the account stage, and it is asked again).
 * Prints "STAGE NUMBER" for account, setcred, session and close; stops at the
 * first that fails.  Exit 0 when the session was opened, 1 when refused.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <security/pam_appl.h>

static int
converse(int n, const struct pam_message **message,
    struct pam_response **ret, void *arg)
{
	struct pam_response *answers;

	(void)arg;
	if (n <= 0 || (answers = calloc((size_t)n, sizeof(*answers))) == NULL)
		return PAM_CONV_ERR;
	for (int i = 0; i < n; i++)
		printf("said: %s\n", message[i]->msg);
	*ret = answers;
	return PAM_SUCCESS;
}

static int
told(const char *stage, int status)
{
	printf("%s %d\n", stage, status);
	(void)fflush(stdout);
	return status;
}

int
main(int argc, char *argv[])
{
	const struct pam_conv conv = { .conv = converse };
	pam_handle_t *pamh;
	int status;

	if (argc < 3 || pam_start(argv[1], argv[2], &conv, &pamh) !=
	    PAM_SUCCESS)
		return 2;
	if (argc > 3 && pam_set_item(pamh, PAM_RUSER, argv[3]) != PAM_SUCCESS)
		return 2;
	if ((status = told("account", pam_acct_mgmt(pamh, 0))) ==
	    PAM_SUCCESS && (argc < 5 ||
	    ((status = pam_set_item(pamh, PAM_USER, argv[4])) ==
	    PAM_SUCCESS && (status = told("account", pam_acct_mgmt(pamh,
	    0))) == PAM_SUCCESS)) &&
	    (status = told("setcred", pam_setcred(pamh,
	    PAM_ESTABLISH_CRED))) == PAM_SUCCESS &&
	    (status = told("session", pam_open_session(pamh, 0))) ==
	    PAM_SUCCESS)
		(void)told("close", pam_close_session(pamh, 0));
	(void)pam_end(pamh, status);
	return status == PAM_SUCCESS ? 0 : 1;
}
