/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl token check, token show.  Root hands the token to nhi-verify like
 * everybody else; somebody who is not root reads it under his own uid.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/verdict.h"
#include "nhictl/nhictl.h"
#include "verify/check.h"

#define JWKS_MAX	(1U << 20)
#define ARGS_MAX	48
#define JWKS_FD		3

/* Take --jwks FILE out of the options; -1 where it is missing or twice. */
static int
take_jwks(int *argc, char **argv, const char **ret)
{
	int n = 0;

	*ret = NULL;
	for (int i = 0; i < *argc; i++) {
		if (strcmp(argv[i], "--jwks") != 0) {
			argv[n++] = argv[i];
			continue;
		}
		if (*ret != NULL || i + 1 == *argc)
			return -1;
		*ret = argv[++i];
	}
	*argc = n;
	return *ret == NULL ? -1 : 0;
}

/*
 * Root's way: nhi-verify, through nhi-drop.  The key set may be readable for
 * root alone, so it goes by descriptor (-1: none); what is in it is never
 * looked at here.
 */
static int
run_confined(char *word, int argc, char **argv, int jwks)
{
	static char drop[] = NHI_DROP, verify[] = "verify", keep[] = "+3";
	static char *const nothing[] = { NULL };
	char *args[ARGS_MAX + 5] = { drop, verify };
	int n = 2;

	if (argc > ARGS_MAX)
		return NHI_CTL_USAGE;
	if (jwks >= 0) {
		args[n++] = keep;
		if ((jwks != JWKS_FD && dup2(jwks, JWKS_FD) < 0) ||
		    fcntl(JWKS_FD, F_SETFD, 0) < 0)
			return NHI_CTL_FAULT;
	}
	args[n++] = word;
	for (int i = 0; i < argc; i++)
		args[n++] = argv[i];
	(void)execve(drop, args, nothing);
	(void)fprintf(stderr, "nhictl: %s: %s\n", NHI_DROP, strerror(errno));
	return NHI_CTL_FAULT;
}

static int
check_here(const struct nhi_check *c, int fd)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf jwks = NHI_BUF(JWKS_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token =
	    NHI_BUF(NHI_VERDICT_BYTES + 1);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(65536);
	struct nhi_why why;
	enum nhi_err err;

	if (nhi_file_slurp(fd, &jwks, &why) != NHI_OK) {
		(void)fprintf(stderr, "nhictl: key set: %s\n", why.text);
		return NHI_CTL_FAULT;
	}
	(void)!nhi_file_slurp(STDIN_FILENO, &token, &why);
	err = nhi_check_run(c, nhi_buf_all(&jwks), &token, &text);
	(void)fputs(nhi_buf_text(&text), stdout);
	return nhi_ctl_code(err);
}

int
nhi_verb_token_check(int argc, char **argv)
{
	NHI_AUTO(nhi_check_wipe) struct nhi_check c = { .now = 0 };
	NHI_AUTO(nhi_fd_close) int fd = -1;
	static char check[] = "check";
	struct nhi_why why = { "" };
	const char *jwks;
	enum nhi_err err;

	argc--;
	argv++;
	if (take_jwks(&argc, argv, &jwks) != 0) {
		(void)fprintf(stderr, "nhictl: --jwks FILE is needed once\n");
		return nhi_ctl_usage("token check");
	}
	if (nhi_check_options(argc, argv, &c, &why) != NHI_OK) {
		(void)fprintf(stderr, "nhictl: %s\n", why.text);
		return nhi_ctl_usage("token check");
	}
	if ((err = nhi_ctl_open(jwks, &fd, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	return geteuid() == 0 ? run_confined(check, argc, argv, fd) :
	    check_here(&c, fd);
}

int
nhi_verb_token_show(int argc, char **argv)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token =
	    NHI_BUF(NHI_VERDICT_BYTES + 1);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_CHECK_SHOWN);
	static char show[] = "show";
	struct nhi_why why;
	enum nhi_err err;

	if (argc != 1)
		return nhi_ctl_usage("token show");
	if (geteuid() == 0)
		return run_confined(show, 0, argv, -1);
	(void)!nhi_file_slurp(STDIN_FILENO, &token, &why);
	err = nhi_check_show(&token, &text);
	(void)fputs(nhi_buf_text(&text), stdout);
	return err == NHI_OK ? NHI_CTL_OK : NHI_CTL_NO;
}
