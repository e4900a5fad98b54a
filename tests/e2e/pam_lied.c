/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A service that asks PAM while its verifier misbehaves:
 *	pam_lied SERVICE USER TOKEN PLAN
 * Each line of standard input goes into the file PLAN (see liar.c) and is one
 * pam_authenticate from an address of its own: prints "STATUS MS LINE".  As
 * the service sshd it is a session instead, after the account stage, and TOKEN
 * what sshd says of how the user came in.  Then what a host notices:
 * "descriptors N" that are left, "children N", and "signals N" that are not
 * handled as before.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>

#include <security/pam_appl.h>

static int
converse(int n, const struct pam_message **message,
    struct pam_response **ret, void *arg)
{
	struct pam_response *answers;

	if (n != 1 || (answers = calloc(1, sizeof(*answers))) == NULL)
		return PAM_CONV_ERR;
	if (message[0]->msg_style == PAM_PROMPT_ECHO_OFF)
		answers->resp = strdup(arg);
	*ret = answers;
	return PAM_SUCCESS;
}

static int
descriptors(void)
{
	DIR *dp = opendir("/proc/self/fd");
	int n = 0;

	if (dp == NULL)
		return -1;
	while (readdir(dp) != NULL)
		n++;
	(void)closedir(dp);
	return n;
}

static int
children(void)
{
	int n = 0;

	while (waitpid(-1, NULL, WNOHANG) >= 0)
		n++;
	return n;
}

static void
on_child(int sig)
{
	(void)sig;
}

/* How many are not handled as they were; the first time there are none. */
static int
signals(void)
{
	static void (*were[32])(int);
	static int begun;
	struct sigaction now;
	int n = 0;

	for (int sig = 1; sig < 32; sig++) {
		if (sigaction(sig, NULL, &now) != 0)
			continue;
		n += begun && now.sa_handler != were[sig];
		were[sig] = now.sa_handler;
	}
	begun = 1;
	return n;
}

static int
plan(const char *path, const char *line)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(line, f) < 0)
		return -1;
	return fclose(f);
}

static long
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What sshd has let in. */
static int
enter(pam_handle_t *pamh, const char *how)
{
	char text[8192];
	int status;

	(void)snprintf(text, sizeof(text), "SSH_AUTH_INFO_0=%s", how);
	if ((status = pam_putenv(pamh, text)) != PAM_SUCCESS ||
	    (status = pam_acct_mgmt(pamh, 0)) != PAM_SUCCESS ||
	    (status = pam_open_session(pamh, 0)) != PAM_SUCCESS)
		return status;
	return pam_close_session(pamh, 0);
}

static int
ask(char *const argv[], int number)
{
	const struct pam_conv conv = { converse, argv[3] };
	pam_handle_t *pamh;
	char from[64];
	int status;

	if (pam_start(argv[1], argv[2], &conv, &pamh) != PAM_SUCCESS)
		return -1;
	(void)snprintf(from, sizeof(from),
	    "SSH_CONNECTION=10.1.%d.%d 50000 127.0.0.1 22", number / 250,
	    number % 250 + 1);
	if ((status = pam_putenv(pamh, from)) == PAM_SUCCESS)
		status = strcmp(argv[1], "sshd") == 0 ?
		    enter(pamh, argv[3]) : pam_authenticate(pamh, 0);
	(void)pam_end(pamh, status);
	return status;
}

int
main(int argc, char *argv[])
{
	struct sigaction sa = { .sa_handler = on_child };
	char line[8192];
	int before, number = 0;

	if (argc != 5 || sigaction(SIGCHLD, &sa, NULL) != 0)
		return 2;
	/* The C library keeps its socket to the system's log, once it has it. */
	syslog(LOG_AUTHPRIV | LOG_DEBUG, "begin");
	before = descriptors();
	(void)signals();
	while (fgets(line, sizeof(line), stdin) != NULL) {
		long start = now_ms();
		int status;

		line[strcspn(line, "\n")] = '\0';
		if (plan(argv[4], line) != 0)
			return 2;
		status = ask(argv, number++);
		printf("%d %ld %s\n", status, now_ms() - start, line);
	}
	printf("descriptors %d\nchildren %d\nsignals %d\n",
	    descriptors() - before, children(), signals());
	return 0;
}
