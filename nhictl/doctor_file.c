/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor: owners and modes.  What setup made is held against setup's own
 * table; the policy's files are the administrator's.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "nhictl/doctor.h"
#include "nhictl/setup.h"

#define TRIAL		NHI_STATE_DIR "/setup/pending/state"
#define SELINUX_ENFORCE	"/sys/fs/selinux/enforce"
#define SELINUX_MODULES	"/var/lib/selinux/*/active/modules/*/nhi"

static void
check_step(struct nhi_doctor *d, const struct nhi_step *s,
    enum nhi_doctor_id id)
{
	struct nhi_why why = { "" };
	const char *note = "";
	bool done = false;

	if (s->here != NULL && !s->here(s->arg, &note))
		return;
	if (s->check(s->arg, &done, &why) != NHI_OK)
		nhi_doctor_find(d, id, "%s", why.text);
	else if (!done)
		nhi_doctor_find(d, id, "%s is missing, or has another owner "
		    "or mode", s->what);
}

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* The CA key has findings of its own. */
static void
check_made(struct nhi_doctor *d)
{
	for (const struct nhi_step *s = nhi_setup_dirs; s->what != NULL; s++)
		if (!ends_in(s->what, NHI_CA_KEY))
			check_step(d, s, ends_in(s->what, "/salt") ?
			    NHI_DOCTOR_SALT : NHI_DOCTOR_STATE_DIR);
	if (access(TRIAL, F_OK) == 0)
		nhi_doctor_find(d, NHI_DOCTOR_UNCONFIRMED, TRIAL " is there");
}

/* Who may write a directory may change what is in it. */
static void
check_parents(struct nhi_doctor *d, const char *path)
{
	char part[256];
	struct stat st;
	char *slash;

	(void)snprintf(part, sizeof(part), "%s", path);
	while ((slash = strrchr(part, '/')) != NULL && slash != part) {
		*slash = '\0';
		if (stat(part, &st) == 0 && (st.st_uid != 0 ||
		    ((st.st_mode & 022) != 0 && (st.st_mode & 01000) == 0)))
			nhi_doctor_find(d, NHI_DOCTOR_PROGRAM,
			    "%s can be written by others than root", part);
	}
}

/* The set-uid bit is a finding of its own: it is what gets lost. */
static void
check_programs(struct nhi_doctor *d)
{
	struct statvfs fs;
	struct stat st;

	if (lstat(NHI_DROP, &st) == 0 && (st.st_mode & S_ISUID) == 0)
		nhi_doctor_find(d, NHI_DOCTOR_SETUID,
		    NHI_DROP " has mode %04o", (unsigned int)st.st_mode &
		    07777);
	for (const struct nhi_step *s = nhi_setup_programs; s->what != NULL;
	    s++)
		if (strstr(s->what, NHI_DROP) == NULL ||
		    !nhi_doctor_has(d, NHI_DOCTOR_SETUID))
			check_step(d, s, NHI_DOCTOR_PROGRAM);
	check_parents(d, NHI_DROP);
	if (statvfs(NHI_DROP, &fs) == 0 &&
	    (fs.f_flag & (ST_NOSUID | ST_NOEXEC)) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_NOSUID, "%s is mounted %s",
		    NHI_PROG_DIR, (fs.f_flag & ST_NOSUID) != 0 ? "nosuid" :
		    "noexec");
}

static void
check_mode(struct nhi_doctor *d, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	if (st.st_uid != 0 || (st.st_mode & 022) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_POLICY_MODE,
		    "%s has owner %lu and mode %04o", path,
		    (unsigned long)st.st_uid,
		    (unsigned int)st.st_mode & 07777);
}

static void
check_in(struct nhi_doctor *d, const char *dir, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	check_mode(d, path);
}

/* Where the module would be, whatever the policy is called. */
static void
check_selinux(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(64);
	glob_t g = { .gl_pathc = 0 };

	if (nhi_file_read(AT_FDCWD, SELINUX_ENFORCE, NHI_FILE_ROOT, &text,
	    NULL) != NHI_OK || nhi_buf_text(&text)[0] != '1')
		return;
	if (glob(SELINUX_MODULES, 0, NULL, &g) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_SELINUX,
		    "there is no " SELINUX_MODULES);
	globfree(&g);
}

void
nhi_doctor_files(struct nhi_doctor *d)
{
	check_made(d);
	check_programs(d);
	check_mode(d, NHI_POLICY_FILE);
	check_selinux(d);
	if (!nhi_doctor_walk(NHI_POLICY_DROPINS, check_in, d) ||
	    !nhi_doctor_walk(NHI_JWKS_DIR, check_in, d))
		nhi_doctor_put_blind(d, "files", strerror(errno));
}
