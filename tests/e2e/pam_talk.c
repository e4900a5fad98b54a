/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Speak to PAM as a service with a conversation does:
 *	pam_talk SERVICE USER STAGE...
 * with STAGE auth, account, setcred, session, close or "!COMMAND", which is
 * run at that point.  Each question is answered by the next line of standard
 * input, with no answer when there is none left.  Prints "asked TEXT", "said
 * TEXT" and "STAGE NUMBER"; stops at the first that fails.  Exit 0, 1 when one
 * failed, 2.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_appl.h>

static char *
next_line(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n = getline(&line, &size, stdin);

	if (n < 0) {
		free(line);
		return NULL;
	}
	if (n > 0 && line[n - 1] == '\n')
		line[n - 1] = '\0';
	return line;
}

static int
converse(int n, const struct pam_message **message,
    struct pam_response **ret, void *arg)
{
	struct pam_response *answers;

	(void)arg;
	if (n != 1 || (answers = calloc(1, sizeof(*answers))) == NULL)
		return PAM_CONV_ERR;
	if (message[0]->msg_style != PAM_PROMPT_ECHO_OFF) {
		printf("said %s\n", message[0]->msg);
	} else {
		printf("asked %s\n", message[0]->msg);
		if ((answers->resp = next_line()) == NULL) {
			free(answers);
			return PAM_CONV_ERR;
		}
	}
	*ret = answers;
	return PAM_SUCCESS;
}

static int
auth(pam_handle_t *pamh)
{
	return pam_authenticate(pamh, 0);
}

static int
account(pam_handle_t *pamh)
{
	return pam_acct_mgmt(pamh, 0);
}

static int
setcred(pam_handle_t *pamh)
{
	return pam_setcred(pamh, PAM_ESTABLISH_CRED);
}

static int
session(pam_handle_t *pamh)
{
	return pam_open_session(pamh, 0);
}

static int
close_it(pam_handle_t *pamh)
{
	return pam_close_session(pamh, 0);
}

static const struct {
	const char *name;
	int (*run)(pam_handle_t *);
} stages[] = {
	{ "auth", auth },
	{ "account", account },
	{ "setcred", setcred },
	{ "session", session },
	{ "close", close_it },
	/* End of the stages */
};

static int
run(pam_handle_t *pamh, const char *name)
{
	if (name[0] == '!')
		return system(name + 1) == 0 ? PAM_SUCCESS : PAM_SYSTEM_ERR;
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (strcmp(stages[i].name, name) == 0)
			return stages[i].run(pamh);
	return PAM_SYSTEM_ERR;
}

int
main(int argc, char *argv[])
{
	const struct pam_conv conv = { .conv = converse };
	pam_handle_t *pamh;
	int status = PAM_SUCCESS;

	if (argc < 4 || setvbuf(stdout, NULL, _IOLBF, BUFSIZ) != 0 ||
	    pam_start(argv[1], argv[2], &conv, &pamh) != PAM_SUCCESS)
		return 2;
	for (int i = 3; i < argc && status == PAM_SUCCESS; i++) {
		status = run(pamh, argv[i]);
		printf("%s %d\n", argv[i], status);
	}
	(void)pam_end(pamh, status);
	return status == PAM_SUCCESS ? 0 : 1;
}
