/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/apply_sudo.h"
#include "nhictl/proc.h"

#define HEAD	"# Written by nhictl apply; it will write it again.\n"

/*
 * A command and exactly these arguments.  sudoers would take any for a
 * command without, so "" stands for none.
 */
static void
put_command(const char *command, struct nhi_buf *b)
{
	for (const char *p = command; *p != '\0'; p++) {
		if (strchr(",:=\\", *p) != NULL)
			nhi_buf_char(b, '\\');
		nhi_buf_char(b, *p);
	}
	if (strchr(command, ' ') == NULL)
		nhi_buf_str(b, " \"\"");
}

/* Identities that share an account have the same list (lint). */
static void
put_account(const struct nhi_plan *plan, const struct nhi_plan_account *a,
    bool noninteractive, struct nhi_buf *b)
{
	const struct nhi_list *sudo = &plan->identities[a->first].sudo;

	if (sudo->n == 0)
		return;
	if (b->n == 0)
		nhi_buf_str(b, HEAD);
	/* Asked again, the session would be refused again: three records. */
	nhi_buf_printf(b, "Defaults:%s timestamp_timeout=0, passwd_tries=1%s\n",
	    a->name.key, noninteractive ? ", noninteractive_auth" : "");
	nhi_buf_printf(b, "%s ALL=(root) ", a->name.key);
	for (size_t i = 0; i < sudo->n; i++) {
		nhi_buf_str(b, i == 0 ? "" : ", ");
		put_command(sudo->p[i], b);
	}
	nhi_buf_char(b, '\n');
}

void
nhi_sudo_format(const struct nhi_plan *plan, bool noninteractive,
    struct nhi_buf *b)
{
	for (size_t i = 0; i < plan->naccounts; i++)
		put_account(plan, &plan->accounts[i], noninteractive, b);
}

static enum nhi_err
load(struct nhi_buf *old, struct nhi_why *why)
{
	enum nhi_err err;

	if (access(NHI_SUDO_FILE, F_OK) != 0 && errno == ENOENT)
		return NHI_OK;
	if ((err = nhi_file_read(AT_FDCWD, NHI_SUDO_FILE, NHI_FILE_ROOT, old,
	    why)) != NHI_OK)
		return err;
	if (strncmp(nhi_buf_text(old), HEAD, sizeof(HEAD) - 1) != 0)
		return nhi_fail(why, NHI_ERR_HOST,
		    NHI_SUDO_FILE " is there and is not nhictl's");
	return NHI_OK;
}

static enum nhi_err
judge(struct nhi_span text, struct nhi_why *why)
{
	char visudo[NHI_PROC_PATH];
	const char *const argv[] = { visudo, "-c", "-q", "-f", "-", NULL };

	if (!nhi_proc_find("visudo", visudo))
		return nhi_fail(why, NHI_ERR_HOST,
		    "the policy has sudo, and this host has not");
	return nhi_proc_feed(argv, text, why);
}

static enum nhi_err
put(struct nhi_span text, struct nhi_why *why)
{
	if (text.n > 0)
		return nhi_file_replace(AT_FDCWD, NHI_SUDO_FILE, 0440, text,
		    why);
	if (unlink(NHI_SUDO_FILE) != 0 && errno != ENOENT)
		return nhi_fail(why, NHI_ERR_STATE, NHI_SUDO_FILE ": %s",
		    strerror(errno));
	return NHI_OK;
}

/* As this sudo takes it: noninteractive_auth is known from 1.9.10 on. */
static enum nhi_err
make(const struct nhi_plan *plan, struct nhi_buf *text, struct nhi_why *why)
{
	enum nhi_err err;

	nhi_sudo_format(plan, true, text);
	if (text->n == 0 && text->err == NHI_OK)
		return NHI_OK;
	if ((err = nhi_buf_check(text, why)) != NHI_OK)
		return err;
	if (judge(nhi_buf_all(text), why) == NHI_OK)
		return NHI_OK;
	nhi_buf_reset(text);
	nhi_sudo_format(plan, false, text);
	return judge(nhi_buf_all(text), why);
}

enum nhi_err
nhi_sudo_try(const struct nhi_plan *plan, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_SUDO_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_SUDO_TEXT);
	enum nhi_err err;

	if ((err = load(&old, why)) != NHI_OK)
		return err;
	return make(plan, &text, why);
}

enum nhi_err
nhi_sudo_write(const struct nhi_plan *plan, struct nhi_buf *old,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_SUDO_TEXT);
	enum nhi_err err;

	if ((err = load(old, why)) != NHI_OK ||
	    (err = make(plan, &text, why)) != NHI_OK)
		return err;
	if (nhi_span_equal(nhi_buf_all(&text), nhi_buf_all(old)))
		return NHI_OK;
	return put(nhi_buf_all(&text), why);
}

enum nhi_err
nhi_sudo_restore(const struct nhi_buf *old, struct nhi_why *why)
{
	return put(nhi_buf_all(old), why);
}
