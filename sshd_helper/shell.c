/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Static, because ld.so would obey an LD_PRELOAD that came through AcceptEnv
 * before main runs; the issuer that it starts is not, and gets no environment.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/base/audit.h"
#include "lib/base/file.h"
#include "lib/base/name.h"
#include "lib/base/paths.h"
#include "lib/base/source.h"
#include "lib/ssh/key.h"
#include "sshd_helper/shell.h"

/* "<our path> issue <type> <base64>", single blanks, nothing else. */
static bool
split(const char *command, struct nhi_span *type, struct nhi_span *base64)
{
	struct nhi_span rest = nhi_span_str(command), path, verb;

	return nhi_span_cut(&rest, ' ', &path) &&
	    nhi_span_is(path, NHI_HELPER) &&
	    nhi_span_cut(&rest, ' ', &verb) && nhi_span_is(verb, "issue") &&
	    nhi_span_cut(&rest, ' ', type) &&
	    nhi_span_cut(&rest, ' ', base64) && rest.p == NULL;
}

static int
refuse(const char *source, const char *detail)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(128);
	char id[NHI_AUDIT_ID + 1] = "-";
	struct nhi_event e = {
		.event = NHI_EVENT_CERT_DENY, .outcome = NHI_DENY,
		.reason = NHI_ERR_INPUT, .detail = detail,
		.component = "nhi-sshd-helper", .service = "sshd",
		.source = source[0] == '\0' ? NULL : source,
	};
	struct nhi_why why;

	(void)!nhi_audit(&e, id, &why);
	nhi_buf_printf(&line, "nhi: refused: %s %s\n",
	    nhi_err_public(NHI_ERR_INPUT), id);
	(void)!nhi_file_put(STDERR_FILENO, nhi_buf_all(&line), &why);
	return NHI_EXIT_REFUSED;
}

/*
 * What pam_nhi found: the cap, the address.  A client that sets it itself
 * (AcceptEnv of the host) refuses nobody else.
 */
static int
refuse_told(const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(128);
	struct nhi_span rest = nhi_span_str(text), word;
	char slug[32] = "";
	enum nhi_err err;
	struct nhi_why why;

	if (nhi_span_cut(&rest, ' ', &word) && word.n < sizeof(slug))
		memcpy(slug, word.p, word.n);
	if ((err = nhi_err_find(slug)) == NHI_ERR_COUNT || err == NHI_OK)
		err = NHI_ERR_INTERNAL;
	nhi_buf_printf(&line, "nhi: refused: %s %.*s\n", nhi_err_public(err),
	    NHI_AUDIT_ID, rest.n > 0 ? rest.p : "-");
	(void)!nhi_file_put(STDERR_FILENO, nhi_buf_all(&line), &why);
	return nhi_err_exit(err);
}

static int
start(const struct nhi_ssh_key *key, char *account, char *source)
{
	static char *const nothing[] = { NULL };
	static char name[] = NHI_ISSUE;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(4 * NHI_SSH_KEY_MAX);
	struct nhi_why why;

	nhi_ssh_key_format(key, &text);
	if (nhi_buf_check(&text, &why) != NHI_OK)
		return NHI_EXIT_FAULT;
	(void)execve(name,
	    (char *[]){ name, account, source, text.p, NULL }, nothing);
	return NHI_EXIT_FAULT;
}

enum nhi_err
nhi_ssh_shell_parse(const char *command, const char *account,
    struct nhi_ssh_key **ret, struct nhi_why *why)
{
	struct nhi_span type, base64;

	if (!split(command, &type, &base64))
		return nhi_fail(why, NHI_ERR_INPUT,
		    "not the command of the issuer");
	if (account == NULL || account[0] == '\0')
		return nhi_fail(why, NHI_ERR_INPUT,
		    "no account was asked for");
	if (!nhi_name_valid(account))
		return nhi_fail(why, NHI_ERR_INPUT,
		    "what was asked for is no account name");
	return nhi_ssh_key_parse(type, base64, ret, why);
}

int
nhi_ssh_shell(int argc, char **argv)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	char *account = getenv("SSH_ORIGINAL_COMMAND");
	const char *connection = getenv("SSH_CONNECTION");
	const char *told = getenv(NHI_REFUSED_ENV);
	char source[NHI_SOURCE_SIZE] = "";
	struct nhi_why why;

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (told != NULL)
		return refuse_told(told);
	if (connection == NULL ||
	    !nhi_source_from_connection(connection, source))
		source[0] = '\0';
	if (argc != 3 || strcmp(argv[1], "-c") != 0)
		return refuse(source, "not the command of the issuer");
	if (nhi_ssh_shell_parse(argv[2], account, &key, &why) != NHI_OK)
		return refuse(source, why.text);
	return start(key, account, source);
}
