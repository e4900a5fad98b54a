/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories, the salt of UIDs, and owners and modes of the programs: what
 * make install cannot do before the users are there.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "nhictl/keep.h"
#include "nhictl/setup.h"

#define SALT_FILE	NHI_UIDS_DIR "/salt"
#define SALT_SIZE	16

struct place {
	const char *path;
	const char *user;	/* NULL: root */
	const char *group;	/* NULL: root's */
	mode_t mode;
};

/* By name, since the users may have been made a moment ago. */
static bool
ids(const struct place *p, uid_t *ret_uid, gid_t *ret_gid)
{
	const struct passwd *pw = NULL;
	const struct group *gr = NULL;

	if ((p->user != NULL && (pw = getpwnam(p->user)) == NULL) ||
	    (p->group != NULL && (gr = getgrnam(p->group)) == NULL))
		return false;
	*ret_uid = pw == NULL ? 0 : pw->pw_uid;
	*ret_gid = gr == NULL ? 0 : gr->gr_gid;
	return true;
}

static enum nhi_err
need_ids(const struct place *p, uid_t *ret_uid, gid_t *ret_gid,
    struct nhi_why *why)
{
	if (!ids(p, ret_uid, ret_gid))
		return nhi_fail(why, NHI_ERR_STATE, "%s: its owner is missing",
		    p->path);
	return NHI_OK;
}

static enum nhi_err
place_check(const struct place *p, mode_t type, bool *ret_done,
    struct nhi_why *why)
{
	struct stat st;
	uid_t uid = 0;
	gid_t gid = 0;

	*ret_done = false;
	if (lstat(p->path, &st) != 0) {
		if (errno == ENOENT)
			return NHI_OK;
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", p->path,
		    strerror(errno));
	}
	if ((st.st_mode & S_IFMT) != type)
		return nhi_fail(why, NHI_ERR_HOST,
		    "%s is there and is something else", p->path);
	*ret_done = ids(p, &uid, &gid) && st.st_uid == uid &&
	    st.st_gid == gid && (st.st_mode & 07777) == p->mode;
	return NHI_OK;
}

static enum nhi_err
dir_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	return place_check(arg, S_IFDIR, ret_done, why);
}

/* Make the parents of a path as root's, for the package did not. */
static enum nhi_err
make_parents(const char *path, struct nhi_why *why)
{
	char part[256];

	if (strlen(path) >= sizeof(part))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: too long", path);
	for (const char *p = strchr(path + 1, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		memcpy(part, path, (size_t)(p - path));
		part[p - path] = '\0';
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			return nhi_fail(why, NHI_ERR_STATE, "%s: %s", part,
			    strerror(errno));
	}
	return NHI_OK;
}

static enum nhi_err
dir_apply(const void *arg, struct nhi_why *why)
{
	const struct place *p = arg;
	enum nhi_err err;
	uid_t uid = 0;
	gid_t gid = 0;

	if ((err = need_ids(p, &uid, &gid, why)) != NHI_OK ||
	    (err = make_parents(p->path, why)) != NHI_OK)
		return err;
	return nhi_dir_make(AT_FDCWD, p->path, p->mode, uid, gid, why);
}

static enum nhi_err
program_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	const struct place *p = arg;

	if (access(p->path, F_OK) != 0)
		return nhi_fail(why, NHI_ERR_HOST,
		    "%s is not installed (make install)", p->path);
	return place_check(p, S_IFREG, ret_done, why);
}

static enum nhi_err
keep_mode(int fd, const char *path, struct nhi_why *why)
{
	char line[256];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", path,
		    strerror(errno));
	(void)snprintf(line, sizeof(line), NHI_KEEP_MODE " %s %lu %lu %lu",
	    path, (unsigned long)st.st_uid, (unsigned long)st.st_gid,
	    (unsigned long)(st.st_mode & 07777));
	return nhi_keep_note(NHI_KEEP_PENDING, line, why);
}

/* The set-uid bit comes last: chown(2) would clear it. */
static enum nhi_err
give(int fd, const struct place *p, uid_t uid, gid_t gid, struct nhi_why *why)
{
	if (fd < 0 || fchown(fd, uid, gid) != 0 || fchmod(fd, p->mode) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", p->path,
		    strerror(errno));
	return NHI_OK;
}

/* A file that is there; keep: what it was is noted for unsetup. */
static enum nhi_err
file_apply(const struct place *p, bool keep, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;
	uid_t uid = 0;
	gid_t gid = 0;

	if ((err = need_ids(p, &uid, &gid, why)) != NHI_OK ||
	    (err = nhi_file_open(AT_FDCWD, p->path, NHI_FILE_ROOT, &fd,
	    why)) != NHI_OK ||
	    (keep && (err = keep_mode(fd, p->path, why)) != NHI_OK))
		return err;
	return give(fd, p, uid, gid, why);
}

static enum nhi_err
program_apply(const void *arg, struct nhi_why *why)
{
	return file_apply(arg, true, why);
}

static bool
program_here(const void *arg, const char **ret_note)
{
	const struct place *p = arg;

	*ret_note = "not part of this installation";
	return access(p->path, F_OK) == 0;
}

/*
 * An empty file whose owner says who a program runs as: nhi-drop asks the
 * inode and no name service.
 */
static enum nhi_err
owner_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	return place_check(arg, S_IFREG, ret_done, why);
}

static enum nhi_err
owner_apply(const void *arg, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	const struct place *p = arg;
	enum nhi_err err;
	uid_t uid = 0;
	gid_t gid = 0;

	if ((err = need_ids(p, &uid, &gid, why)) != NHI_OK)
		return err;
	fd = open(p->path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0400);
	return give(fd, p, uid, gid, why);
}

static enum nhi_err
key_apply(const void *arg, struct nhi_why *why)
{
	return file_apply(arg, false, why);
}

static enum nhi_err
salt_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	struct stat st;

	(void)arg;
	*ret_done = false;
	if (lstat(SALT_FILE, &st) != 0)
		return errno == ENOENT ? NHI_OK : nhi_fail(why, NHI_ERR_STATE,
		    SALT_FILE ": %s", strerror(errno));
	/* Another salt would give every account another UID. */
	if (!S_ISREG(st.st_mode) || st.st_size != SALT_SIZE ||
	    st.st_uid != 0 || (st.st_mode & 07777) != 0600)
		return nhi_fail(why, NHI_ERR_HOST,
		    SALT_FILE ": not a salt (16 bytes, root's, 0600)");
	*ret_done = true;
	return NHI_OK;
}

/* Of one that was lost, logins under way must hear: the stamp changes too. */
static enum nhi_err
salt_apply(const void *arg, struct nhi_why *why)
{
	(void)arg;
	return nhi_registry_init(NHI_UIDS_DIR, why);
}

#define PLACE(path, user, group, mode)					\
	(const struct place []){ { (path), (user), (group), (mode) } }
#define DIR(path, user, group, mode)					\
	{ .what = "directory " path, .check = dir_check,		\
	    .apply = dir_apply, .arg = PLACE(path, user, group, mode) }
#define PROGRAM(path, group, mode)					\
	{ .what = "program " path, .check = program_check,		\
	    .apply = program_apply, .arg = PLACE(path, NULL, group, mode) }
#define OPTIONAL(path, mode)						\
	{ .what = "program " path, .check = program_check,		\
	    .apply = program_apply, .here = program_here,		\
	    .arg = PLACE(path, NULL, NULL, mode) }

/* What unsetup took from a user that is gone. */
#define KEY(path, user, group)						\
	{ .what = "file " path, .check = owner_check,			\
	    .apply = key_apply, .here = program_here,			\
	    .arg = PLACE(path, user, group, 0400) }

#define OWNER(path, user, group)					\
	{ .what = "file " path, .check = owner_check,			\
	    .apply = owner_apply, .arg = PLACE(path, user, group, 0400) }

const struct nhi_step nhi_setup_dirs[] = {
	DIR(NHI_POLICY_DIR, NULL, NULL, 0755),
	DIR(NHI_POLICY_DROPINS, NULL, NULL, 0755),
	DIR(NHI_JWKS_DIR, NULL, NULL, 0755),
	DIR(NHI_CA_DIR, NULL, NULL, 0755),
	DIR(NHI_STATE_DIR, NULL, NULL, 0755),
	DIR(NHI_PUBLISHED_DIR, NULL, NULL, 0755),
	DIR(NHI_UIDS_DIR, NULL, NULL, 0755),
	DIR(NHI_MARKS_DIR, NULL, NHI_ISSUER_USER, 01770),
	DIR(NHI_ISSUED_DIR, NULL, NHI_ISSUER_USER, 01770),
	DIR(NHI_UIDS_DIR "/name", NULL, NULL, 0755),
	DIR(NHI_UIDS_DIR "/uid", NULL, NULL, 0755),
	DIR(NHI_REVOKED_DIR, NULL, NULL, 0755),
	DIR(NHI_REVOKED_DIR "/serial", NULL, NULL, 0755),
	DIR(NHI_REVOKED_DIR "/identity", NULL, NULL, 0755),
	DIR(NHI_REVOKED_DIR "/mark", NULL, NULL, 0755),
	DIR(NHI_REVOKED_DIR "/key", NULL, NULL, 0755),
	DIR(NHI_HOLDS_DIR, NULL, NULL, 0755),
	DIR(NHI_HOLDS_DIR "/account", NULL, NULL, 0755),
	DIR(NHI_HOLDS_DIR "/identity", NULL, NULL, 0755),
	DIR(NHI_HOLDS_DIR "/issuer", NULL, NULL, 0755),
	DIR(NHI_STATE_DIR "/users", NULL, NULL, 0755),
	OWNER(NHI_ID_VERIFY, NHI_VERIFY_USER, NHI_VERIFY_USER),
	OWNER(NHI_ID_FETCH, NHI_FETCH_USER, NHI_VERIFY_USER),
	OWNER(NHI_ID_ISSUER, NHI_ISSUER_USER, NHI_ISSUER_USER),
	KEY(NHI_CA_KEY, NHI_ISSUER_USER, NHI_ISSUER_USER),
	DIR(NHI_HOMES_DIR, NULL, NULL, 0755),
	DIR(NHI_RUN_DIR, NULL, NULL, 0755),
	DIR(NHI_LEASES_DIR, NULL, NULL, 0755),
	DIR(NHI_SESSIONS_DIR, NULL, NULL, 0755),
	DIR(NHI_ISSUER_DIR, NULL, NULL, 0755),
	DIR(NHI_PENDING_DIR, NULL, NULL, 0700),
	DIR(NHI_SLOTS_DIR, NHI_ISSUER_USER, NHI_ISSUER_USER, 0700),
	DIR(NHI_DIRECT_DIR, NHI_VERIFY_USER, NHI_VERIFY_USER, 0700),
	DIR(NHI_CACHE_DIR, NHI_FETCH_USER, NHI_VERIFY_USER, 0755),
	DIR(NHI_SPOOL_DIR, NULL, NHI_VERIFY_USER, 01730),
	DIR(NHI_LOG_DIR, NULL, NULL, 0755),
	{ .what = "file " SALT_FILE, .check = salt_check,
	    .apply = salt_apply },
	/* End of nhi_setup_dirs */
	{ .what = NULL },
};

const struct nhi_step nhi_setup_programs[] = {
	PROGRAM(NHI_DROP, NHI_ISSUER_USER, 04710),
	PROGRAM(NHI_HELPER, NULL, 0711),
	PROGRAM(NHI_ISSUE, NULL, 0711),
	PROGRAM(NHI_VERIFY, NULL, 0711),
	OPTIONAL(NHI_FETCH, 0711),
	/* End of nhi_setup_programs */
	{ .what = NULL },
};
