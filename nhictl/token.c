/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl token check, token show.  Root hands the token to nhi-verify like
 * everybody else; somebody who is not root reads it under his own uid.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/verdict.h"
#include "nhictl/nhictl.h"
#include "nhictl/proc.h"
#include "verify/check.h"

#define JWKS_MAX	(1U << 20)
#define ARGS_MAX	48
#define JWKS_FD		3
#define TOKEN_ROOM	(256U << 10)

/* Whoever took the verifier over does not write to root's terminal. */
static void
show(struct nhi_buf *b, FILE *to)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] != '\n' && (b->p[i] < ' ' || b->p[i] > '~'))
			b->p[i] = '?';
	(void)fwrite(nhi_buf_text(b), 1, b->n, to);
}

/* Of what is too large, as much as is too large for the verifier, too. */
static enum nhi_err
read_token(struct nhi_buf *b, struct nhi_span *ret, struct nhi_why *why)
{
	enum nhi_err err = nhi_file_slurp(STDIN_FILENO, b, why);

	if (err != NHI_OK && err != NHI_ERR_TOO_LARGE)
		return err;
	*ret = (struct nhi_span){ b->p, b->n };
	if (ret->n > NHI_VERDICT_BYTES + 2)
		ret->n = NHI_VERDICT_BYTES + 2;
	return NHI_OK;
}

/*
 * Root's way: nhi-verify, through nhi-drop, with the options that we were
 * given.  The key set may be readable for root alone, so it goes by descriptor
 * (-1: none); what is in it, or in the token, is never looked at here.
 */
static int
run_confined(const char *word, int argc, char **argv, int jwks)
{
	const char *args[ARGS_MAX + 5] = { NHI_DROP, "verify" };
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc proc = NHI_PROC(args);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token = NHI_BUF(TOKEN_ROOM);
	struct nhi_why why = { "" };
	enum nhi_err err;
	int n = 2;

	if (jwks >= 0) {
		args[n++] = "+3";
		if ((jwks != JWKS_FD && dup2(jwks, JWKS_FD) < 0) ||
		    fcntl(JWKS_FD, F_SETFD, 0) < 0)
			return NHI_CTL_FAULT;
	}
	args[n++] = word;
	for (int i = 1; i < argc; i++)
		args[n++] = argv[i];
	if ((err = read_token(&token, &proc.input, &why)) != NHI_OK ||
	    (err = nhi_proc_run(&proc, &why)) != NHI_OK) {
		(void)nhi_ctl_fail(err, &why);
		return NHI_CTL_FAULT;
	}
	show(&proc.out, stdout);
	show(&proc.err, stderr);
	return nhi_ctl_end(proc.status > NHI_CTL_FAULT ? NHI_CTL_FAULT :
	    proc.status);
}

/* Without a key set nothing can be told of a token. */
static int
refuse(const struct nhi_check *c, enum nhi_err err, const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	struct nhi_why why;

	(void)nhi_fail(&why, err, "key set: %s", text);
	nhi_check_refuse(c, err, &why, &b);
	show(&b, stdout);
	return nhi_ctl_end(NHI_CTL_FAULT);
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

	if (nhi_file_slurp(fd, &jwks, &why) != NHI_OK)
		return refuse(c, NHI_ERR_JWKS, why.text);
	/* One that is too large is the check's to refuse. */
	err = nhi_file_slurp(STDIN_FILENO, &token, &why);
	if (err != NHI_OK && err != NHI_ERR_TOO_LARGE) {
		(void)fprintf(stderr, "nhictl: token: %s\n", why.text);
		return NHI_CTL_FAULT;
	}
	err = nhi_check_run(c, nhi_buf_all(&jwks), &token, &text);
	(void)fputs(nhi_buf_text(&text), stdout);
	return nhi_ctl_end(nhi_ctl_code(err));
}

int
nhi_verb_token_check(int argc, char **argv)
{
	NHI_AUTO(nhi_check_wipe) struct nhi_check c = { .now = 0 };
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (argc > ARGS_MAX) {
		(void)fprintf(stderr, "nhictl: more than %d words\n",
		    ARGS_MAX);
		return nhi_ctl_usage("token check");
	}
	err = nhi_check_options(argc, argv, &c, &why);
	if (err == NHI_OK && c.jwks == NULL)
		err = nhi_fail(&why, NHI_ERR_INPUT, "--jwks FILE is missing");
	if (err == NHI_ERR_NO_MEMORY)
		return nhi_ctl_fail(err, &why);
	if (err != NHI_OK) {
		if (why.text[0] != '\0')
			(void)fprintf(stderr, "nhictl: %s\n", why.text);
		return nhi_ctl_usage("token check");
	}
	if (nhi_file_open(AT_FDCWD, c.jwks, NHI_FILE_NAMED, &fd,
	    &why) != NHI_OK)
		return refuse(&c, NHI_ERR_JWKS_MISSING, why.text);
	return geteuid() == 0 ? run_confined("check", argc, argv, fd) :
	    check_here(&c, fd);
}

int
nhi_verb_token_show(int argc, char **argv)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token =
	    NHI_BUF(NHI_VERDICT_BYTES + 1);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_CHECK_SHOWN);
	struct nhi_why why;
	enum nhi_err err;

	if (argc != 1)
		return nhi_ctl_usage("token show");
	if (geteuid() == 0)
		return run_confined("show", argc, argv, -1);
	err = nhi_file_slurp(STDIN_FILENO, &token, &why);
	if (err != NHI_OK && err != NHI_ERR_TOO_LARGE) {
		(void)fprintf(stderr, "nhictl: token: %s\n", why.text);
		return NHI_CTL_FAULT;
	}
	err = nhi_check_show(&token, &text);
	(void)fputs(nhi_buf_text(&text), stdout);
	return nhi_ctl_end(err == NHI_OK ? NHI_CTL_OK : NHI_CTL_NO);
}
