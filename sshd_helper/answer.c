/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/paths.h"
#include "lib/ssh/option.h"
#include "sshd_helper/answer.h"

/* Quotes inside of an option's are escaped, and nothing else is. */
static void
put_command(struct nhi_span command, struct nhi_buf *b)
{
	nhi_buf_str(b, ",command=\"");
	for (size_t i = 0; i < command.n; i++) {
		if (command.p[i] == '"')
			nhi_buf_char(b, '\\');
		nhi_buf_char(b, command.p[i]);
	}
	nhi_buf_char(b, '"');
}

void
nhi_answer_grant(const struct nhi_identity *i, struct nhi_buf *b)
{
	nhi_buf_str(b, "restrict");
	if (i->pty)
		nhi_buf_str(b, ",pty");
	if (i->forwarding)
		nhi_buf_str(b, ",port-forwarding,agent-forwarding,"
		    "X11-forwarding");
	if (i->force_command[0] != '\0')
		put_command(nhi_span_str(i->force_command), b);
}

bool
nhi_answer_forced(struct nhi_span command, struct nhi_buf *b)
{
	if (!nhi_ssh_force_valid(command))
		return false;
	nhi_buf_str(b, "restrict");
	put_command(command, b);
	return true;
}

/*
 * sshd runs `refuse` through the account's shell, which must not run anything
 * of the account's before it: zsh, fish and tcsh do; bash does not where the
 * drop-in holds (SHLVL).
 */
static bool
has_plain_shell(const char *account)
{
	static const char *const plain[] = {
		"sh", "dash", "bash",
		/* End of the shells */
	};
	struct nhi_account a;
	const char *name;

	if (nhi_account_find(NHI_PUBLISHED_DIR "/current", account,
	    &a) != 1 || (name = strrchr(a.shell, '/')) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (strcmp(name + 1, plain[i]) == 0)
			return true;
	return false;
}

bool
nhi_answer_refuse(const char *account, enum nhi_err err, struct nhi_buf *b)
{
	if (!has_plain_shell(account))
		return false;
	nhi_buf_printf(b, "restrict,command=\"%s refuse %s\"", NHI_HELPER,
	    nhi_err_public(err));
	return true;
}
