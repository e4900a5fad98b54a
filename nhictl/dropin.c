/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each line answers an attack that worked without it; the order of the two
 * commands matters to OpenSSH 9.2, which ignores a principals command that
 * follows a keys command.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/dropin.h"
#include "nhictl/sshd.h"

enum {
	TTY = 1 << 0,
	FORWARD = 1 << 1,
	KEYBOARD = 1 << 2,
	TIMEOUT = 1 << 3,
	SETENV = 1 << 4,
	CLOSED = 1 << 5,
	DIRECT = 1 << 6,
	ENDS = 1 << 7,
};

struct row {
	const char *word, *value;
	unsigned int need;	/* all of these */
	unsigned int avoid;	/* none of these */
};

static const struct row issuer[] = {
	{ "AuthorizedPrincipalsCommand", "none", 0, 0 },
	{ "AuthorizedKeysCommand", NHI_HELPER " keys %u %t %k", 0, CLOSED },
	{ "AuthorizedKeysCommandUser", NHI_VERIFY_USER, 0, CLOSED },
	{ "AuthorizedKeysCommand", "none", CLOSED, 0 },
	{ "AuthorizedKeysFile", "none", 0, 0 },
	{ "AuthorizedPrincipalsFile", NHI_NO_PRINCIPALS, 0, 0 },
	{ "TrustedUserCAKeys", "none", 0, 0 },
	{ "AuthenticationMethods", "publickey", 0, 0 },
	{ "AcceptEnv", "NHI_NOTHING", 0, 0 },
	{ "SetEnv", "LD_PRELOAD= LD_LIBRARY_PATH= LD_AUDIT=", SETENV, 0 },
	{ "ForceCommand", "none", 0, 0 },
	{ "ChrootDirectory", "none", 0, 0 },
	{ "PermitTTY", "no", 0, 0 },
	{ "DisableForwarding", "yes", 0, 0 },
	{ "PermitUserRC", "no", 0, 0 },
	{ "MaxSessions", "1", 0, 0 },
	{ "UnusedConnectionTimeout", "10s", TIMEOUT, 0 },
	/* End of issuer */
};

static const struct row accounts[] = {
	{ "AuthorizedPrincipalsCommand",
	    NHI_HELPER " principals %u %i %s %F %k", 0, 0 },
	{ "AuthorizedPrincipalsCommandUser", NHI_VERIFY_USER, 0, 0 },
	{ "AuthorizedPrincipalsFile", NHI_NO_PRINCIPALS, 0, 0 },
	{ "AuthorizedKeysCommand", "none", 0, DIRECT },
	{ "AuthorizedKeysCommand", NHI_HELPER " keys %u %t %k", DIRECT, ENDS },
	{ "AuthorizedKeysCommand", NHI_HELPER " keys %u %t %k %C",
	    DIRECT | ENDS, 0 },
	{ "AuthorizedKeysCommandUser", NHI_VERIFY_USER, DIRECT, 0 },
	{ "AuthorizedKeysFile", "none", 0, 0 },
	{ "TrustedUserCAKeys", NHI_CA_TRUSTED, 0, 0 },
	{ "AuthenticationMethods", "publickey", 0, KEYBOARD },
	{ "AuthenticationMethods", "publickey keyboard-interactive",
	    KEYBOARD, 0 },
	{ "KbdInteractiveAuthentication", "yes", KEYBOARD, 0 },
	{ "PermitTTY", "no", 0, TTY },
	{ "PermitTTY", "yes", TTY, 0 },
	{ "DisableForwarding", "yes", 0, FORWARD },
	{ "DisableForwarding", "no", FORWARD, 0 },
	{ "PermitUserRC", "no", 0, 0 },
	{ "MaxSessions", "1", 0, 0 },
	/*
	 * A forced command runs through the account's shell: no library of
	 * the client's in it, and no ~/.bashrc (which bash reads when sshd
	 * starts it at the first level, and instead of which it would read
	 * BASH_ENV).
	 */
	{ "SetEnv", "LD_PRELOAD= LD_LIBRARY_PATH= LD_AUDIT= BASH_ENV= "
	    "SHLVL=1", SETENV, 0 },
	/* A connection that only forwards is unused to sshd. */
	{ "UnusedConnectionTimeout", "10s", TIMEOUT, FORWARD },
	/* End of accounts */
};

static unsigned int
bits(const struct nhi_dropin_options *o, enum nhi_dropin_block block)
{
	return (o->permit_tty ? TTY : 0U) |
	    (o->permit_forwarding ? FORWARD : 0U) |
	    (o->keyboard ? KEYBOARD : 0U) |
	    (o->direct ? DIRECT : 0U) |
	    (o->timeout_known ? TIMEOUT : 0U) |
	    (o->setenv_known ? SETENV : 0U) |
	    (o->ends_known ? ENDS : 0U) |
	    (block == NHI_DROPIN_CLOSED ? CLOSED : 0U);
}

bool
nhi_dropin_line(const struct nhi_dropin_options *o,
    enum nhi_dropin_block block, size_t i, struct nhi_dropin_line *ret)
{
	const struct row *rows = block == NHI_DROPIN_ACCOUNTS ? accounts :
	    issuer;
	size_t n = block == NHI_DROPIN_ACCOUNTS ?
	    sizeof(accounts) / sizeof(accounts[0]) :
	    sizeof(issuer) / sizeof(issuer[0]);
	unsigned int have = bits(o, block);

	for (size_t k = 0; k < n; k++) {
		if ((rows[k].need & ~have) != 0 || (rows[k].avoid & have) != 0)
			continue;
		if (i-- == 0) {
			ret->word = rows[k].word;
			ret->value = rows[k].value;
			return true;
		}
	}
	return false;
}

static void
put_lines(const struct nhi_dropin_options *o, enum nhi_dropin_block block,
    struct nhi_buf *b)
{
	struct nhi_dropin_line line;

	for (size_t i = 0; nhi_dropin_line(o, block, i, &line); i++)
		nhi_buf_printf(b, "    %s %s\n", line.word, line.value);
}

static const char *
yes_no(bool b)
{
	return b ? "yes" : "no";
}

void
nhi_dropin_format(const struct nhi_dropin_options *o, struct nhi_buf *b)
{
	nhi_buf_printf(b, "# Written by nhictl; it will write it again.\n"
	    "# options: issue=%s tty=%s forwarding=%s keyboard=%s%s from=%s\n",
	    yes_no(o->issue), yes_no(o->permit_tty),
	    yes_no(o->permit_forwarding), yes_no(o->keyboard),
	    o->direct ? " direct=yes" : "", o->issue_from);
	if (o->issue && o->issue_from[0] != '\0') {
		nhi_buf_printf(b, "Match User %s Address %s\n",
		    NHI_ISSUER_USER, o->issue_from);
		put_lines(o, NHI_DROPIN_ISSUER, b);
		nhi_buf_printf(b, "Match User %s\n", NHI_ISSUER_USER);
		put_lines(o, NHI_DROPIN_CLOSED, b);
	} else if (o->issue) {
		nhi_buf_printf(b, "Match User %s\n", NHI_ISSUER_USER);
		put_lines(o, NHI_DROPIN_ISSUER, b);
	}
	nhi_buf_printf(b, "Match Group %s\n", NHI_ACCOUNTS_GROUP);
	put_lines(o, NHI_DROPIN_ACCOUNTS, b);
}

/* One "name=value" of the line of options. */
static bool
parse_option(struct nhi_span word, struct nhi_dropin_options *o)
{
	struct nhi_span name;
	bool yes;

	if (!nhi_span_cut(&word, '=', &name) || word.p == NULL)
		return false;
	if (nhi_span_is(name, "from")) {
		if (word.n > NHI_DROPIN_FROM)
			return false;
		memcpy(o->issue_from, word.p, word.n);
		o->issue_from[word.n] = '\0';
		return true;
	}
	yes = nhi_span_is(word, "yes");
	if (!yes && !nhi_span_is(word, "no"))
		return false;
	if (nhi_span_is(name, "issue"))
		o->issue = yes;
	else if (nhi_span_is(name, "tty"))
		o->permit_tty = yes;
	else if (nhi_span_is(name, "forwarding"))
		o->permit_forwarding = yes;
	else if (nhi_span_is(name, "keyboard"))
		o->keyboard = yes;
	else if (nhi_span_is(name, "direct"))
		o->direct = yes;
	else
		return false;
	return true;
}

bool
nhi_dropin_parse(struct nhi_span text, struct nhi_dropin_options *ret)
{
	static const char head[] = "# options: ";
	struct nhi_dropin_options o = { .issue = false };
	struct nhi_span line, word;

	while (nhi_span_cut(&text, '\n', &line)) {
		if (line.n < sizeof(head) - 1 ||
		    memcmp(line.p, head, sizeof(head) - 1) != 0)
			continue;
		line.p += sizeof(head) - 1;
		line.n -= sizeof(head) - 1;
		while (nhi_span_cut(&line, ' ', &word)) {
			if (!parse_option(word, &o))
				return false;
		}
		*ret = o;
		return true;
	}
	return false;
}

enum nhi_err
nhi_dropin_probe(struct nhi_dropin_options *o, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_sshd_obeys("UnusedConnectionTimeout 10s",
	    "\nunusedconnectiontimeout 10\n", &o->timeout_known, why)) !=
	    NHI_OK)
		return err;
	if ((err = nhi_sshd_obeys("SetEnv NHI_PROBE=1",
	    "\nsetenv NHI_PROBE=1\n", &o->setenv_known, why)) != NHI_OK ||
	    !o->direct)
		return err;
	/*
	 * A %C that sshd does not know passes all of its tests and then ends
	 * every login; so this asks for a word of a later release (9.9).
	 */
	return nhi_sshd_obeys("RefuseConnection no", "\nrefuseconnection no\n",
	    &o->ends_known, why);
}
