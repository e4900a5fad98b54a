/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/list.h"
#include "lib/base/path.h"
#include "nhictl/apply_sudo.h"
#include "nhictl/copy.h"
#include "nhictl/dropin.h"
#include "nhictl/keep.h"
#include "nhictl/show.h"
#include "nhictl/sshd.h"
#include "nhictl/strip.h"
#include "nhictl/undo.h"

#define DROPIN		NHI_SSHD_CONF_DIR "/" NHI_DROPIN_NAME
#define PROFILE		"/usr/share/pam-configs/nhi"
#define NSSWITCH	"/etc/nsswitch.conf"

void
nhi_undo_say(struct nhi_undo *u, const char *what, const char *action,
    bool edited)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(16384);

	u->changed++;
	u->edited += edited;
	if (u->out == NULL)
		return;
	if (u->json) {
		nhi_show_string(&b, "kind", "undo");
		nhi_show_string(&b, "what", what);
		nhi_show_string(&b, "action", action);
		nhi_show_bool(&b, "edited", edited);
		nhi_show_bool(&b, "done", !u->dry_run);
		(void)nhi_show_line(&b);
		return;
	}
	(void)fprintf(u->out, "%s%s: %s%s\n", u->dry_run ? "would be " : "",
	    action, what, edited ? " (edited since)" : "");
}

void
nhi_undo_fail(struct nhi_undo *u, enum nhi_err err, const struct nhi_why *why)
{
	if (u->failed++ > 0)
		return;
	u->err = err;
	u->why = *why;
}

enum rank { SSHD, PAM, COMMON, PROFILES, NSS, MODES, MEMBERS, USERS, GROUPS,
	ACCOUNTS, OTHERS, RANKS };

static const struct {
	const char *kind;
	enum rank rank;
	void (*undo)(struct nhi_undo *, const char *);
} kinds[] = {
	{ NHI_KEEP_MODE, MODES, nhi_undo_mode },
	{ NHI_KEEP_MEMBER, MEMBERS, nhi_undo_member },
	{ NHI_KEEP_USER, USERS, nhi_undo_user },
	{ NHI_KEEP_GROUP, GROUPS, nhi_undo_group },
	/* End of kinds */
};

static enum rank
rank_of(const char *path)
{
	if (nhi_undo_is_common(path))
		return COMMON;
	if (nhi_undo_is_account(path))
		return ACCOUNTS;
	if (strcmp(path, DROPIN) == 0)
		return SSHD;
	if (strncmp(path, NHI_PAM_CONF_DIR "/",
	    sizeof(NHI_PAM_CONF_DIR)) == 0)
		return PAM;
	if (strcmp(path, PROFILE) == 0)
		return PROFILES;
	return strcmp(path, NSSWITCH) == 0 ? NSS : OTHERS;
}

static void
undo_line(struct nhi_undo *u, struct nhi_span line, enum rank rank)
{
	char text[NHI_PATH_SIZE];
	const char *rest;

	if (line.n >= sizeof(text))
		return;
	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	if ((rest = strchr(text, ' ')) == NULL)
		return;
	rest++;
	if (*rest == '/' && strncmp(text, NHI_KEEP_MODE, 4) != 0) {
		if (rank_of(rest) == rank)
			nhi_undo_file(u, rest);
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (rank == kinds[i].rank && strncmp(text, kinds[i].kind,
		    strlen(kinds[i].kind)) == 0)
			kinds[i].undo(u, rest);
}

static void
undo_rank(struct nhi_undo *u, enum rank rank)
{
	struct nhi_span rest = u->journal, line;

	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line))
		undo_line(u, line, rank);
}

/* An sshd that would not start again is not told to read its files. */
static void
reload(struct nhi_undo *u)
{
	struct nhi_why why = { "" };
	enum nhi_err err;

	if ((err = nhi_sshd_test(NHI_SPAN(""), &why)) != NHI_OK ||
	    (err = nhi_sshd_reload(&why)) != NHI_OK)
		nhi_undo_fail(u, err, &why);
}

static enum nhi_err
result(const struct nhi_undo *u, struct nhi_why *why)
{
	if (u->failed == 0)
		return NHI_OK;
	return nhi_fail(why, u->err, "%s", u->why.text);
}

enum nhi_err
nhi_undo_area(struct nhi_undo *u, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_JOURNAL);
	unsigned int before = u->changed;
	enum nhi_err err;

	if ((err = nhi_keep_read(u->area, &b, why)) != NHI_OK)
		return err;
	u->journal = nhi_buf_all(&b);
	undo_rank(u, SSHD);
	if (!u->dry_run && (u->changed > before ||
	    nhi_keep_has(u->journal, DROPIN)))
		reload(u);
	/* apply wrote it for a host that was set up. */
	if (nhi_keep_has_line(u->journal, NHI_KEEP_NEW " " DROPIN))
		nhi_undo_strip(u, NHI_SUDO_FILE);
	for (enum rank rank = PAM; rank < RANKS; rank++) {
		if (rank == COMMON)
			nhi_undo_common(u);
		else if (rank == ACCOUNTS)
			nhi_undo_accounts(u);
		else
			undo_rank(u, rank);
	}
	u->journal = NHI_SPAN("");
	return result(u, why);
}

static void
strip_pam(struct nhi_undo *u)
{
	NHI_AUTO(nhi_list_close) DIR *list = opendir(NHI_PAM_CONF_DIR);
	char path[NHI_PATH_SIZE];
	const struct dirent *de;
	struct nhi_why why;

	while (list != NULL && (de = nhi_list_next(list)) != NULL)
		if (de->d_name[0] != '.' && nhi_path_join(path,
		    NHI_PAM_CONF_DIR, "/", nhi_span_str(de->d_name)))
			nhi_undo_strip(u, path);
	/* A line of ours may be left in what was not seen. */
	if (errno != 0 && (list != NULL || errno != ENOENT))
		nhi_undo_fail(u, nhi_fail(&why, NHI_ERR_STATE, "%s: %s",
		    NHI_PAM_CONF_DIR, strerror(errno)), &why);
}

enum nhi_err
nhi_undo_rest(struct nhi_undo *u, struct nhi_why *why)
{
	unsigned int before = u->changed;

	u->area = NHI_KEEP_BASE;
	nhi_undo_strip(u, DROPIN);
	if (u->changed > before && !u->dry_run)
		reload(u);
	nhi_undo_strip(u, NHI_SUDO_FILE);
	nhi_undo_common_rest(u);
	strip_pam(u);
	nhi_undo_strip(u, NSSWITCH);
	return result(u, why);
}
