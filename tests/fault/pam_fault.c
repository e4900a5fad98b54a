/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A login as sshd's, or another service's, from the account stage to the end,
 * in a process that inject.c is preloaded into:
 *	pam_fault CONFDIR USER CERTIFICATE-LINE [SERVICE]
 * Prints "STAGE NUMBER" for each stage, "said TEXT", and at the end "fds
 * BEFORE AFTER" and "session ID" when one was opened.  Exit 0 when it was, 1
 * when refused, 2.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <security/pam_appl.h>

void __attribute__((weak)) fault_arm(int);

static int
converse(int n, const struct pam_message **message,
    struct pam_response **ret, void *arg)
{
	struct pam_response *answers;

	(void)arg;
	if (n <= 0 || (answers = calloc((size_t)n, sizeof(*answers))) == NULL)
		return PAM_CONV_ERR;
	for (int i = 0; i < n; i++)
		printf("said %s\n", message[i]->msg);
	*ret = answers;
	return PAM_SUCCESS;
}

static unsigned int
descriptors(void)
{
	DIR *dp = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (dp != NULL && readdir(dp) != NULL)
		n++;
	if (dp != NULL)
		(void)closedir(dp);
	return n;
}

static int
told(const char *stage, int status)
{
	printf("%s %d\n", stage, status);
	return status;
}

static void
arm(int on)
{
	if (fault_arm != NULL)
		fault_arm(on);
}

static int
stages(pam_handle_t *pamh)
{
	int status;

	if ((status = told("account", pam_acct_mgmt(pamh, 0))) ==
	    PAM_SUCCESS &&
	    (status = told("setcred", pam_setcred(pamh,
	    PAM_ESTABLISH_CRED))) == PAM_SUCCESS &&
	    (status = told("session", pam_open_session(pamh, 0))) ==
	    PAM_SUCCESS) {
		const char *id = pam_getenv(pamh, "NHI_SESSION");

		printf("session %s\n", id == NULL ? "-" : id);
		(void)told("close", pam_close_session(pamh, 0));
	}
	return status;
}

int
main(int argc, char *argv[])
{
	const struct pam_conv conv = { .conv = converse };
	char info[16384];
	unsigned int before;
	pam_handle_t *pamh;
	int status;

	if (argc < 4 || argc > 5 || snprintf(info, sizeof(info),
	    "SSH_AUTH_INFO_0=publickey %s", argv[3]) >= (int)sizeof(info) ||
	    setsid() < 0 || pam_start_confdir(argc == 5 ? argv[4] : "sshd",
	    argv[2], &conv, argv[1], &pamh) != PAM_SUCCESS || pam_putenv(pamh,
	    "SSH_CONNECTION=127.0.0.1 1 127.0.0.1 22") != PAM_SUCCESS ||
	    pam_putenv(pamh, info) != PAM_SUCCESS)
		return 2;
	before = descriptors();
	arm(1);
	status = stages(pamh);
	(void)pam_end(pamh, status);
	arm(0);
	printf("fds %u %u\n", before, descriptors());
	return status == PAM_SUCCESS ? 0 : 1;
}
