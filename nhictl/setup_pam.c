/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pam_nhi in PAM: by lines of its own in sshd's file, where the place
 * matters, and by a profile for all other services.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "lib/base/paths.h"
#include "nhictl/copy.h"
#include "nhictl/edit.h"
#include "nhictl/edit_pam.h"
#include "nhictl/keep.h"
#include "nhictl/proc.h"
#include "nhictl/setup.h"

#define PROFILE_DIR	"/usr/share/pam-configs"
#define PROFILE		PROFILE_DIR "/nhi"
#define MODULE		NHI_PAM_MODULE_DIR "/pam_nhi.so"

/*
 * Above pam_unix (256), so that it stands before it where both are added.  A
 * package ships the same text (packaging/pam-configs/nhi): not a default, so
 * that nothing but setup enables it, and it stays disabled after unsetup.
 */
static const char profile[] =
    "Name: Logins of machine identities (NHI)\n"
    "Default: no\n"
    "Priority: 512\n"
    "Auth-Type: Primary\n"
    "Auth:\n"
    "\t[success=end ignore=ignore default=die]\tpam_nhi.so\n"
    "Account-Type: Additional\n"
    "Account:\n"
    "\trequired\tpam_nhi.so\n"
    "Session-Type: Additional\n"
    "Session:\n"
    "\trequired\tpam_nhi.so\n";

/* The files that pam-auth-update writes. */
static const char *const common[] = {
	NHI_PAM_CONF_DIR "/common-auth",
	NHI_PAM_CONF_DIR "/common-account",
	NHI_PAM_CONF_DIR "/common-session",
	NHI_PAM_CONF_DIR "/common-session-noninteractive",
};

/*
 * A required module that does not load locks everybody out, so it is loaded
 * here before it is named there.
 */
static enum nhi_err
module_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	void *module = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
	bool ok;

	(void)arg;
	if (module == NULL)
		return nhi_fail(why, NHI_ERR_HOST, "the PAM module does not "
		    "load: %.120s", dlerror());
	ok = dlsym(module, "pam_sm_acct_mgmt") != NULL &&
	    dlsym(module, "pam_sm_open_session") != NULL;
	(void)dlclose(module);
	if (!ok)
		return nhi_fail(why, NHI_ERR_HOST, MODULE
		    ": no account or session stage");
	*ret_done = true;
	return NHI_OK;
}

static enum nhi_err
make_sshd(struct nhi_span old, struct nhi_buf *new, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	err = nhi_dir_open(AT_FDCWD, NHI_PAM_CONF_DIR, &dir, why);
	if (err != NHI_OK)
		return err;
	return nhi_edit_pam(dir, old, new, why);
}

static enum nhi_err
make_profile(struct nhi_span old, struct nhi_buf *new, struct nhi_why *why)
{
	/* A package brings its own, which is not ours to change. */
	if (memmem(old.p, old.n, "pam_nhi.so", 10) != NULL)
		nhi_buf_span(new, old);
	else
		nhi_buf_str(new, profile);
	return nhi_buf_check(new, why);
}

static bool
profile_here(const void *arg, const char **ret_note)
{
	char path[NHI_PROC_PATH];

	(void)arg;
	*ret_note = "no pam-auth-update here; name pam_nhi.so in the account "
	    "and session stages of other services by hand";
	return nhi_proc_find("pam-auth-update", path);
}

/* pam-auth-update would put a file in the place of a link. */
static enum nhi_err
no_link(const char *path, struct nhi_why *why)
{
	char real[NHI_PATH_SIZE];

	if (nhi_copy_target(path, real) && strcmp(path, real) != 0)
		return nhi_fail(why, NHI_ERR_HOST, "%s is a symbolic link to "
		    "%.60s: make it a file, or say nhi there by hand and take "
		    "pam-auth-update away", path, real);
	return NHI_OK;
}

/* Is the module named outside of comments? */
static enum nhi_err
names_module(const char *path, bool *ret_named, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EDIT_MAX);
	struct nhi_span rest, line;
	enum nhi_err err;

	if ((err = no_link(path, why)) != NHI_OK)
		return err;
	err = nhi_file_read(AT_FDCWD, path, NHI_FILE_ROOT, &text, why);
	if (err != NHI_OK)
		return err;
	*ret_named = false;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (line.n > 0 && *line.p != '#' &&
		    memmem(line.p, line.n, "pam_nhi.so", 10) != NULL)
			*ret_named = true;
	}
	return NHI_OK;
}

static enum nhi_err
common_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	bool all = true, named = false;
	enum nhi_err err;

	(void)arg;
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if ((err = names_module(common[i], &named, why)) != NHI_OK)
			return err;
		all = all && named;
	}
	/* It writes the others with them. */
	for (size_t i = 0; !all && nhi_setup_common[i] != NULL; i++)
		if ((err = no_link(nhi_setup_common[i], why)) != NHI_OK)
			return err;
	*ret_done = all;
	return NHI_OK;
}

/* ret_ours: a bit for each that nobody else changed since it was kept. */
static enum nhi_err
keep_common(unsigned int *ret_ours, struct nhi_why *why)
{
	unsigned int set = 0;
	enum nhi_err err;

	for (size_t i = 0; nhi_setup_common[i] != NULL; i++) {
		const char *path = nhi_setup_common[i];
		bool ours = false;

		if ((err = nhi_keep_file(NHI_KEEP_PENDING, path,
		    why)) != NHI_OK ||
		    (err = nhi_keep_look(NHI_KEEP_PENDING, path, &ours,
		    why)) != NHI_OK)
			return err;
		set |= (unsigned int)ours << i;
	}
	*ret_ours = set;
	return NHI_OK;
}

static enum nhi_err
keep_made(unsigned int ours, struct nhi_why *why)
{
	enum nhi_err err;

	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		if ((ours >> i & 1) != 0 &&
		    (err = nhi_keep_made_file(NHI_KEEP_PENDING,
		    nhi_setup_common[i], why)) != NHI_OK)
			return err;
	return NHI_OK;
}

static enum nhi_err
common_apply(const void *arg, struct nhi_why *why)
{
	char path[NHI_PROC_PATH];
	const char *const argv[] = { path, "--enable", "nhi", NULL };
	unsigned int ours = 0;
	bool done = false;
	enum nhi_err err;

	if (!nhi_proc_find("pam-auth-update", path))
		return nhi_fail(why, NHI_ERR_HOST,
		    "pam-auth-update is not installed");
	if ((err = keep_common(&ours, why)) != NHI_OK ||
	    (err = nhi_proc_must(argv, why)) != NHI_OK ||
	    (err = keep_made(ours, why)) != NHI_OK ||
	    (err = common_check(arg, &done, why)) != NHI_OK)
		return err;
	if (!done)
		return nhi_fail(why, NHI_ERR_HOST, "pam-auth-update left "
		    NHI_PAM_CONF_DIR "/common-* alone: they have local "
		    "changes; put pam_nhi.so in by hand, or call "
		    "pam-auth-update --force");
	return NHI_OK;
}

static const struct nhi_edit sshd_file = {
	.path = NHI_PAM_CONF_DIR "/sshd",
	.mode = 0644,
	.must_exist = true,
	.make = make_sshd,
};

static const struct nhi_edit profile_file = {
	.path = PROFILE,
	.mode = 0644,
	.make = make_profile,
};

const struct nhi_step nhi_setup_pam[] = {
	{ .what = "the PAM module", .check = module_check },
	{ .what = "pam_nhi in " NHI_PAM_CONF_DIR "/sshd",
	    .check = nhi_edit_check, .describe = nhi_edit_describe,
	    .apply = nhi_edit_apply, .arg = &sshd_file },
	{ .what = "profile " PROFILE, .check = nhi_edit_check,
	    .describe = nhi_edit_describe, .apply = nhi_edit_apply,
	    .here = profile_here, .arg = &profile_file },
	{ .what = "pam_nhi in " NHI_PAM_CONF_DIR "/common-*",
	    .check = common_check, .apply = common_apply,
	    .here = profile_here },
	/* End of nhi_setup_pam */
	{ .what = NULL },
};
