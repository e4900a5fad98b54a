/* SPDX-License-Identifier: BSD-2-Clause */
/* The users and groups of NHI's own programs. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/keep.h"
#include "nhictl/proc.h"
#include "nhictl/setup.h"

/* Where the system's groups stand; NSS would add those of the accounts. */
#define GROUP_FILE	"/etc/group"

struct user {
	const char *name;
	const char *group;	/* primary */
	const char *home;
	const char *shell;	/* NULL: nologin, or false */
	const char *comment;
};

static const struct user issuer = { NHI_ISSUER_USER, NHI_ISSUER_USER, "/",
	NHI_HELPER, "issues certificates to machine identities" };
static const struct user verifier = { NHI_VERIFY_USER, NHI_VERIFY_USER,
	"/nonexistent", NULL, "verifies tokens of machine identities" };
static const struct user fetcher = { NHI_FETCH_USER, NHI_VERIFY_USER,
	"/nonexistent", NULL, "fetches key sets of token issuers" };

/* Who may be a member of a group, besides those whose primary group it is. */
struct group_rule {
	const char *name;
	const char *member;	/* the only one; NULL: nobody */
};

static const struct group_rule issuers = { NHI_ISSUER_USER, NULL };
static const struct group_rule verifiers = { NHI_VERIFY_USER,
	NHI_ISSUER_USER };
static const struct group_rule machines = { NHI_ACCOUNTS_GROUP, NULL };

static enum nhi_err
tool(const char *name, char path[NHI_PROC_PATH], struct nhi_why *why)
{
	if (!nhi_proc_find(name, path))
		return nhi_fail(why, NHI_ERR_HOST, "%s is not installed",
		    name);
	return NHI_OK;
}

/* Before the first change: the files, and what the change is. */
static enum nhi_err
keep(const char *kind, const char *name, const char *more, struct nhi_why *why)
{
	char line[160];
	enum nhi_err err;

	for (size_t i = 0; nhi_setup_accounts[i] != NULL; i++) {
		err = nhi_keep_file(NHI_KEEP_PENDING, nhi_setup_accounts[i],
		    why);
		if (err != NHI_OK)
			return err;
	}
	(void)snprintf(line, sizeof(line), "%s %s%s%s", kind, name,
	    more == NULL ? "" : " ", more == NULL ? "" : more);
	return nhi_keep_note(NHI_KEEP_PENDING, line, why);
}

/*
 * A person in one of these groups would fall under sshd's Match block, could
 * start nhi-drop or write into the spool.
 */
static enum nhi_err
check_members(const struct group_rule *r, bool *ret_there, bool *ret_member,
    struct nhi_why *why)
{
	FILE *f = fopen(GROUP_FILE, "re");
	enum nhi_err err = NHI_OK;
	const struct group *gr;

	if (f == NULL)
		return nhi_fail(why, NHI_ERR_STATE, GROUP_FILE ": %s",
		    strerror(errno));
	while (err == NHI_OK && (gr = fgetgrent(f)) != NULL) {
		if (strcmp(gr->gr_name, r->name) != 0)
			continue;
		*ret_there = true;
		for (char **m = gr->gr_mem; *m != NULL; m++) {
			if (r->member != NULL && strcmp(*m, r->member) == 0)
				*ret_member = true;
			else
				err = nhi_fail(why, NHI_ERR_HOST, "%.64s is a "
				    "member of group %s, which is NHI's own",
				    *m, r->name);
		}
	}
	(void)fclose(f);
	return err;
}

/* A directory's group has whom the directory says, today or tomorrow. */
static enum nhi_err
group_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	const struct group_rule *r = arg;
	bool there = false, member = false;
	enum nhi_err err;

	if ((err = check_members(r, &there, &member, why)) != NHI_OK)
		return err;
	if (!there && getgrnam(r->name) != NULL)
		return nhi_fail(why, NHI_ERR_HOST, "group %s is NHI's own, and "
		    "comes from elsewhere than " GROUP_FILE, r->name);
	*ret_done = there;
	return NHI_OK;
}

static enum nhi_err
group_apply(const void *arg, struct nhi_why *why)
{
	const struct group_rule *r = arg;
	char path[NHI_PROC_PATH];
	const char *const argv[] = { path, "--system", r->name, NULL };
	enum nhi_err err;

	if ((err = tool("groupadd", path, why)) != NHI_OK ||
	    (err = keep(NHI_KEEP_GROUP, r->name, NULL, why)) != NHI_OK)
		return err;
	return nhi_proc_must(argv, why);
}

static enum nhi_err
find_shell(const struct user *u, char path[NHI_PROC_PATH],
    struct nhi_why *why)
{
	if (u->shell == NULL)
		return nhi_proc_find("nologin", path) ? NHI_OK :
		    tool("false", path, why);
	(void)snprintf(path, NHI_PROC_PATH, "%s", u->shell);
	return NHI_OK;
}

static bool
shell_fits(const struct user *u, const char *shell)
{
	const char *base = strrchr(shell, '/');

	if (u->shell != NULL)
		return strcmp(shell, u->shell) == 0;
	return base != NULL && (strcmp(base, "/nologin") == 0 ||
	    strcmp(base, "/false") == 0);
}

/* An existing user must be the one that we would have made. */
static enum nhi_err
user_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	const struct user *u = arg;
	const struct passwd *pw = getpwnam(u->name);
	const struct group *gr;

	if (pw == NULL) {
		*ret_done = false;
		return NHI_OK;
	}
	if (pw->pw_uid == 0)
		return nhi_fail(why, NHI_ERR_HOST, "user %s has uid 0",
		    u->name);
	if (strcmp(pw->pw_dir, u->home) != 0)
		return nhi_fail(why, NHI_ERR_HOST, "user %s exists with home "
		    "%.80s, must have %s", u->name, pw->pw_dir, u->home);
	if (!shell_fits(u, pw->pw_shell))
		return nhi_fail(why, NHI_ERR_HOST, "user %s exists with shell "
		    "%.80s, must have %s", u->name, pw->pw_shell,
		    u->shell != NULL ? u->shell : "nologin");
	gr = getgrgid(pw->pw_gid);
	if (gr == NULL || strcmp(gr->gr_name, u->group) != 0)
		return nhi_fail(why, NHI_ERR_HOST, "user %s exists with "
		    "another primary group, must have %s", u->name, u->group);
	*ret_done = true;
	return NHI_OK;
}

static enum nhi_err
user_apply(const void *arg, struct nhi_why *why)
{
	const struct user *u = arg;
	char path[NHI_PROC_PATH], shell[NHI_PROC_PATH];
	const char *const argv[] = { path, "--system", "--gid", u->group,
	    "--home-dir", u->home, "--no-create-home", "--shell", shell,
	    "--comment", u->comment, "--expiredate", "", "--inactive", "-1",
	    u->name, NULL };
	enum nhi_err err;

	if ((err = tool("useradd", path, why)) != NHI_OK ||
	    (err = find_shell(u, shell, why)) != NHI_OK ||
	    (err = keep(NHI_KEEP_USER, u->name, NULL, why)) != NHI_OK)
		return err;
	return nhi_proc_must(argv, why);
}

static enum nhi_err
member_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	bool there = false, member = false;
	enum nhi_err err;

	if ((err = check_members(arg, &there, &member, why)) != NHI_OK)
		return err;
	*ret_done = member;
	return NHI_OK;
}

static enum nhi_err
member_apply(const void *arg, struct nhi_why *why)
{
	const struct group_rule *r = arg;
	char path[NHI_PROC_PATH];
	const char *const argv[] = { path, "-a", "-G", r->name, r->member,
	    NULL };
	enum nhi_err err;

	if ((err = tool("usermod", path, why)) != NHI_OK ||
	    (err = keep(NHI_KEEP_MEMBER, r->member, r->name, why)) != NHI_OK)
		return err;
	return nhi_proc_must(argv, why);
}

#define GROUP(rule, text)						\
	{ .what = "group " text, .check = group_check,			\
	    .apply = group_apply, .arg = &(rule) }
#define USER(user, text)						\
	{ .what = "user " text, .check = user_check,			\
	    .apply = user_apply, .arg = &(user) }

const struct nhi_step nhi_setup_users[] = {
	GROUP(machines, NHI_ACCOUNTS_GROUP),
	GROUP(issuers, NHI_ISSUER_USER),
	GROUP(verifiers, NHI_VERIFY_USER),
	USER(issuer, NHI_ISSUER_USER),
	USER(verifier, NHI_VERIFY_USER),
	USER(fetcher, NHI_FETCH_USER),
	{ .what = NHI_ISSUER_USER " in group " NHI_VERIFY_USER,
	    .check = member_check, .apply = member_apply,
	    .arg = &verifiers },
	/* End of nhi_setup_users */
	{ .what = NULL },
};
