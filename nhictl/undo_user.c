/* SPDX-License-Identifier: BSD-2-Clause */
/* Undoing: users, groups and modes. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/proc.h"
#include "nhictl/setup.h"
#include "nhictl/undo.h"

/* The first four are the truth, the others what the tools keep of it. */
#define TRUTHS	4

const char *const nhi_setup_accounts[] = {
	"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow",
	"/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-",
	/* End of nhi_setup_accounts */
	NULL
};

bool
nhi_undo_is_account(const char *path)
{
	for (size_t i = 0; nhi_setup_accounts[i] != NULL; i++)
		if (strcmp(path, nhi_setup_accounts[i]) == 0)
			return true;
	return false;
}

/* A number that is given again must find nothing of ours that is its. */
static const char *const owned[] = {
	NHI_MARKS_DIR, NHI_ISSUED_DIR, NHI_SLOTS_DIR, NHI_CACHE_DIR,
	NHI_SPOOL_DIR, NHI_DIRECT_DIR,
	/* End of owned */
};

static bool
is_of(const struct stat *st, uid_t uid, gid_t gid)
{
	return st->st_uid == uid || st->st_gid == gid;
}

/* Only what has one of the two numbers; -1 is nobody's. */
static void
disown(uid_t uid, gid_t gid)
{
	static const char *const notes[] = { NHI_ID_VERIFY, NHI_ID_FETCH,
	    NHI_ID_ISSUER, NULL };
	struct stat st;

	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		NHI_AUTO(nhi_fd_close) int fd = -1;

		if (nhi_dir_open(AT_FDCWD, owned[i], &fd, NULL) == NHI_OK &&
		    fstat(fd, &st) == 0 && is_of(&st, uid, gid))
			(void)!(fchmod(fd, 0700) == 0 && fchown(fd, 0, 0) == 0);
	}
	for (size_t i = 0; notes[i] != NULL; i++)
		if (lstat(notes[i], &st) == 0 && is_of(&st, uid, gid))
			(void)unlink(notes[i]);
	if (lstat(NHI_CA_KEY, &st) == 0 && is_of(&st, uid, gid))
		(void)!lchown(NHI_CA_KEY, 0, 0);
}

/* Run `tool name` where there is such a program. */
static enum nhi_err
run(const char *tool, const char *option, const char *name,
    struct nhi_why *why)
{
	char path[NHI_PROC_PATH];
	const char *const with[] = { path, option, name, NULL };
	const char *const without[] = { path, name, NULL };

	if (!nhi_proc_find(tool, path))
		return nhi_fail(why, NHI_ERR_HOST, "%s is not installed",
		    tool);
	return nhi_proc_must(option == NULL ? without : with, why);
}

static void
tell(struct nhi_undo *u, const char *kind, const char *name, const char *done)
{
	char what[160];

	(void)snprintf(what, sizeof(what), "%s %.100s", kind, name);
	nhi_undo_say(u, what, done, false);
}

/* userdel takes the group of the same name along. */
static enum nhi_err
remove_user(const struct nhi_undo *u, const struct passwd *pw,
    const char *name, struct nhi_why *why)
{
	const struct group *gr = getgrnam(name);
	gid_t gid = gr == NULL ? (gid_t)-1 : gr->gr_gid;
	bool goes = nhi_keep_tells(u->journal, NHI_KEEP_GROUP, name);
	enum nhi_err err;

	disown(pw->pw_uid, goes ? gid : (gid_t)-1);
	/* -f: a client of the issuer may still be there. */
	if ((err = run("userdel", "-f", name, why)) != NHI_OK)
		return err;
	if (getgrnam(name) == NULL)
		disown((uid_t)-1, gid);
	return NHI_OK;
}

void
nhi_undo_user(struct nhi_undo *u, const char *name)
{
	const struct passwd *pw = getpwnam(name);
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (pw == NULL)
		return;
	if (!u->dry_run && (err = remove_user(u, pw, name,
	    &why)) != NHI_OK) {
		nhi_undo_fail(u, err, &why);
		return;
	}
	tell(u, "user", name, "removed");
}

void
nhi_undo_group(struct nhi_undo *u, const char *name)
{
	const struct group *gr = getgrnam(name);
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (gr == NULL)
		return;
	if (!u->dry_run) {
		disown((uid_t)-1, gr->gr_gid);
		if ((err = run("groupdel", NULL, name, &why)) != NHI_OK) {
			nhi_undo_fail(u, err, &why);
			return;
		}
	}
	tell(u, "group", name, "removed");
}

static bool
is_member(const char *user, const char *group)
{
	const struct group *gr = getgrnam(group);

	for (char **m = gr == NULL ? NULL : gr->gr_mem;
	    m != NULL && *m != NULL; m++)
		if (strcmp(*m, user) == 0)
			return true;
	return false;
}

/* USER GROUP; of a user that goes as a whole nothing is to do. */
void
nhi_undo_member(struct nhi_undo *u, const char *line)
{
	struct nhi_span rest = nhi_span_str(line), word;
	char path[NHI_PROC_PATH], user[64];
	const char *group = strchr(line, ' ');
	const char *const argv[] = { path, "-d", user,
	    group == NULL ? "" : group + 1, NULL };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (group == NULL || !nhi_span_cut(&rest, ' ', &word) ||
	    word.n >= sizeof(user))
		return;
	memcpy(user, word.p, word.n);
	user[word.n] = '\0';
	if (!is_member(user, group + 1))
		return;
	if (!nhi_proc_find("gpasswd", path))
		return;
	if (!u->dry_run && (err = nhi_proc_must(argv, &why)) != NHI_OK) {
		nhi_undo_fail(u, err, &why);
		return;
	}
	tell(u, "member", line, "removed");
}

/* PATH UID GID MODE, of a program of ours. */
void
nhi_undo_mode(struct nhi_undo *u, const char *line)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct nhi_span rest = nhi_span_str(line), path, word;
	uint64_t n[3] = { 0, 0, 0 };
	char text[NHI_PATH_SIZE];
	struct stat st;

	if (!nhi_span_cut(&rest, ' ', &path) || path.n >= sizeof(text))
		return;
	for (int i = 0; i < 3; i++)
		if (!nhi_span_cut(&rest, ' ', &word) ||
		    !nhi_num_parse(word, UINT32_MAX, &n[i]))
			return;
	memcpy(text, path.p, path.n);
	text[path.n] = '\0';
	if (nhi_file_open(AT_FDCWD, text, NHI_FILE_ANY, &fd, NULL) != NHI_OK ||
	    fstat(fd, &st) != 0 || (st.st_uid == n[0] && st.st_gid == n[1] &&
	    (st.st_mode & 07777) == n[2]))
		return;
	if (!u->dry_run && (fchown(fd, (uid_t)n[0], (gid_t)n[1]) != 0 ||
	    fchmod(fd, (mode_t)n[2]) != 0))
		return;
	nhi_undo_say(u, text, "given its mode back", false);
}

static bool
as_before(const struct nhi_undo *u, const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf a = NHI_BUF(NHI_KEEP_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_KEEP_FILE);
	char was[NHI_PATH_SIZE];
	bool now = false, had = false;

	return nhi_keep_path(u->area, "was", path, was, NULL) == NHI_OK &&
	    nhi_copy_read(path, &a, &now, NULL) == NHI_OK &&
	    nhi_copy_read(was, &b, &had, NULL) == NHI_OK && now == had &&
	    nhi_span_equal(nhi_buf_all(&a), nhi_buf_all(&b));
}

/* The same bytes come back with their times, the tools' copies with them. */
static enum nhi_err
give_back(const struct nhi_undo *u, const char *path, struct nhi_why *why)
{
	char was[NHI_PATH_SIZE];
	enum nhi_err err;

	if (!nhi_keep_has(u->journal, path))
		return NHI_OK;
	if ((err = nhi_keep_path(u->area, "was", path, was, why)) != NHI_OK)
		return err;
	nhi_copy_sweep(path);
	if (access(was, F_OK) == 0)
		return nhi_copy_file(was, path, why);
	/* A copy that is gone does not say that there was no file. */
	return nhi_keep_had(u->journal, path) ? NHI_OK :
	    nhi_copy_unlink(path, why);
}

void
nhi_undo_accounts(struct nhi_undo *u)
{
	struct nhi_why why = { "" };
	enum nhi_err err = NHI_OK;

	if (u->dry_run || !nhi_keep_has(u->journal, nhi_setup_accounts[0]) ||
	    lckpwdf() != 0)
		return;
	for (size_t i = 0; i < TRUTHS; i++)
		if (!as_before(u, nhi_setup_accounts[i])) {
			(void)ulckpwdf();
			return;
		}
	for (size_t i = 0; err == NHI_OK && nhi_setup_accounts[i] != NULL; i++)
		err = give_back(u, nhi_setup_accounts[i], &why);
	(void)ulckpwdf();
	if (err != NHI_OK)
		nhi_undo_fail(u, err, &why);
}
