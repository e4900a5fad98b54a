/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ask whether this host's sshd does what the drop-in means:
 *	ask_dropin [issue] [tty] [forwarding] [keyboard] [direct] [from=CIDRS]
 *	    ACCOUNT...
 * Findings on standard output; exit 0 none, 1 some, 2 cannot tell.  With
 * "write" first, the drop-in is installed instead.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "nhictl/dropin.h"

#define ACCOUNTS	16

static bool
option(const char *word, struct nhi_dropin_options *o)
{
	if (strcmp(word, "issue") == 0)
		o->issue = true;
	else if (strcmp(word, "tty") == 0)
		o->permit_tty = true;
	else if (strcmp(word, "forwarding") == 0)
		o->permit_forwarding = true;
	else if (strcmp(word, "keyboard") == 0)
		o->keyboard = true;
	else if (strcmp(word, "direct") == 0)
		o->direct = true;
	else if (strncmp(word, "from=", 5) == 0)
		(void)snprintf(o->issue_from, sizeof(o->issue_from), "%s",
		    word + 5);
	else
		return false;
	return true;
}

int
main(int argc, char **argv)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf findings =
	    NHI_BUF(NHI_DROPIN_FINDINGS);
	struct nhi_dropin_options o = { .issue = false };
	const char *accounts[ACCOUNTS];
	struct nhi_why why = { "" };
	bool install = argc > 1 && strcmp(argv[1], "write") == 0;
	enum nhi_err err;
	size_t n = 0;

	for (int i = install ? 2 : 1; i < argc; i++) {
		if (!option(argv[i], &o) && n < ACCOUNTS)
			accounts[n++] = argv[i];
	}
	if ((err = nhi_dropin_probe(&o, &why)) == NHI_OK)
		err = install ? nhi_dropin_install(&o, accounts, n, &why) :
		    nhi_dropin_check(&o, accounts, n, &findings, &why);
	if (err != NHI_OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		return 2;
	}
	(void)fputs(nhi_buf_text(&findings), stdout);
	return findings.n == 0 ? 0 : 1;
}
