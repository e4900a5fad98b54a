/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: NHI's own users and groups, and who else is in them. */
#include "config.h"

#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/doctor.h"
#include "nhictl/setup.h"

#define PASSWD_FILE	"/etc/passwd"
#define SHADOW_FILE	"/etc/shadow"
#define DAY		(24 * 3600)

static void
check_steps(struct nhi_doctor *d)
{
	for (const struct nhi_step *s = nhi_setup_users; s->what != NULL;
	    s++) {
		struct nhi_why why = { "" };
		bool done = false;
		enum nhi_err err = s->check(s->arg, &done, &why);

		if (err == NHI_OK && done)
			continue;
		if (err == NHI_OK)
			nhi_doctor_find(d, NHI_DOCTOR_OWN_USERS,
			    "%s is missing", s->what);
		else
			nhi_doctor_find(d, strstr(why.text,
			    "is a member of group") != NULL ?
			    NHI_DOCTOR_MEMBERS : NHI_DOCTOR_OWN_USERS, "%s",
			    why.text);
	}
}

static bool
is_own(const char *name)
{
	return strcmp(name, NHI_ISSUER_USER) == 0 ||
	    strcmp(name, NHI_VERIFY_USER) == 0 ||
	    strcmp(name, NHI_FETCH_USER) == 0;
}

static void
check_person(struct nhi_doctor *d, const struct passwd *pw)
{
	static const char *const groups[] = { NHI_ACCOUNTS_GROUP,
		NHI_ISSUER_USER, NHI_VERIFY_USER };
	struct nhi_account account;

	if (is_own(pw->pw_name))
		return;
	for (size_t i = 0; i < 3; i++) {
		const struct group *gr = getgrnam(groups[i]);

		if (gr != NULL && gr->gr_gid == pw->pw_gid)
			nhi_doctor_find(d, NHI_DOCTOR_MEMBERS, "%s is the "
			    "primary group of %s", groups[i], pw->pw_name);
	}
	if (d->published && nhi_account_find(d->policy.path, pw->pw_name,
	    &account) == 1)
		nhi_doctor_find(d, NHI_DOCTOR_NAME_TAKEN,
		    "%s is in " PASSWD_FILE " with UID %lu", pw->pw_name,
		    (unsigned long)pw->pw_uid);
}

static void
check_passwd(struct nhi_doctor *d)
{
	FILE *f = fopen(PASSWD_FILE, "re");
	const struct passwd *pw;

	if (f == NULL)
		return;
	while ((pw = fgetpwent(f)) != NULL)
		check_person(d, pw);
	(void)fclose(f);
}

/* PAM refuses an account that has expired, whoever it is. */
static void
check_shadow(struct nhi_doctor *d)
{
	FILE *f = fopen(SHADOW_FILE, "re");
	const struct spwd *sp;

	if (f == NULL)
		return;
	while ((sp = fgetspent(f)) != NULL)
		if (strcmp(sp->sp_namp, NHI_ISSUER_USER) == 0 &&
		    sp->sp_expire >= 0 && sp->sp_expire <= d->now / DAY)
			nhi_doctor_find(d, NHI_DOCTOR_OWN_USERS,
			    "user " NHI_ISSUER_USER " has expired");
	(void)fclose(f);
}

void
nhi_doctor_users(struct nhi_doctor *d)
{
	check_steps(d);
	check_passwd(d);
	check_shadow(d);
}
