/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Undoing: what pam-auth-update wrote.  Where nobody touched any of it since,
 * the files come back as they were; otherwise the program takes NHI out, for
 * it may have put others in meanwhile, and what it leaves of ours goes by
 * hand.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/paths.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/proc.h"
#include "nhictl/setup.h"
#include "nhictl/strip.h"
#include "nhictl/undo.h"

const char *const nhi_setup_common[] = {
	NHI_PAM_CONF_DIR "/common-auth",
	NHI_PAM_CONF_DIR "/common-account",
	NHI_PAM_CONF_DIR "/common-session",
	NHI_PAM_CONF_DIR "/common-session-noninteractive",
	NHI_PAM_CONF_DIR "/common-password",
	"/var/lib/pam/auth",
	"/var/lib/pam/account",
	"/var/lib/pam/session",
	"/var/lib/pam/session-noninteractive",
	"/var/lib/pam/password",
	"/var/lib/pam/seen",
	/* End of nhi_setup_common */
	NULL
};

bool
nhi_undo_is_common(const char *path)
{
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		if (strcmp(path, nhi_setup_common[i]) == 0)
			return true;
	return false;
}

/* Does a file have the bytes of its kept copy? */
static bool
is_as(const struct nhi_undo *u, const char *which, const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf a = NHI_BUF(NHI_KEEP_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_FILE);
	bool now = false, kept = false;
	char copy[NHI_PATH_SIZE];

	return nhi_keep_path(u->area, which, path, copy, NULL) == NHI_OK &&
	    nhi_copy_read(path, &a, &now, NULL) == NHI_OK &&
	    nhi_copy_read(copy, &b, &kept, NULL) == NHI_OK &&
	    now == kept && nhi_span_equal(nhi_buf_all(&a), nhi_buf_all(&b));
}

/* Is the copy of a file as it was gone?  Then it was not "none". */
static bool
is_lost(const struct nhi_undo *u, const char *path)
{
	char was[NHI_PATH_SIZE];

	return nhi_keep_had(u->journal, path) &&
	    (nhi_keep_path(u->area, "was", path, was, NULL) != NHI_OK ||
	    access(was, F_OK) != 0);
}

/* Each as setup left it, or as it was before. */
static bool
untouched(const struct nhi_undo *u)
{
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++) {
		const char *path = nhi_setup_common[i];

		if (nhi_keep_has(u->journal, path) && (is_lost(u, path) ||
		    (!is_as(u, "made", path) && !is_as(u, "was", path))))
			return false;
	}
	return true;
}

static bool
names_us(void)
{
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf b =
		    NHI_BUF(NHI_KEEP_FILE);
		char real[NHI_PATH_SIZE];
		bool there = false;

		if (nhi_setup_common[i][1] == 'e' &&
		    nhi_copy_target(nhi_setup_common[i], real) &&
		    nhi_copy_read(real, &b, &there, NULL) == NHI_OK &&
		    nhi_strip_names_pam(nhi_buf_all(&b)))
			return true;
	}
	return false;
}

/* pam-auth-update would put a file in the place of a link. */
static bool
has_link(void)
{
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		if (nhi_undo_is_link(nhi_setup_common[i]))
			return true;
	return false;
}

void
nhi_undo_common_rest(struct nhi_undo *u)
{
	char path[NHI_PROC_PATH];
	const char *const argv[] = { path, "--package", "--remove", "nhi",
	    NULL };
	struct nhi_why why = { "" };

	if (!names_us())
		return;
	if (!u->dry_run && !has_link() && nhi_proc_find("pam-auth-update", path) &&
	    /* What it does not do is done by hand below. */
	    nhi_proc_must(argv, &why) == NHI_OK && !names_us()) {
		nhi_undo_say(u, NHI_PAM_CONF_DIR "/common-*",
		    "freed of NHI's lines", true);
		return;
	}
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		if (nhi_setup_common[i][1] == 'e')
			nhi_undo_strip(u, nhi_setup_common[i]);
}

/* Has an older setup, which was confirmed, lines in them too? */
static bool
is_later(const struct nhi_undo *u)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_JOURNAL);

	if (strcmp(u->area, NHI_KEEP_PENDING) != 0 ||
	    nhi_keep_read(NHI_KEEP_BASE, &b, NULL) != NHI_OK)
		return false;
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		if (nhi_keep_has(nhi_buf_all(&b), nhi_setup_common[i]))
			return true;
	return false;
}

void
nhi_undo_common(struct nhi_undo *u)
{
	bool any = false;

	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		any = any || nhi_keep_has(u->journal, nhi_setup_common[i]);
	if (any && !untouched(u)) {
		if (is_later(u))
			nhi_undo_say(u, NHI_PAM_CONF_DIR "/common-*",
			    "left with NHI's lines", true);
		else
			nhi_undo_common_rest(u);
		return;
	}
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		if (nhi_keep_has(u->journal, nhi_setup_common[i]))
			nhi_undo_file(u, nhi_setup_common[i]);
}
