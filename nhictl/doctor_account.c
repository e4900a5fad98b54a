/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: shells, homes and groups of the accounts of the policy. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/linger.h"
#include "lib/base/paths.h"
#include "nhictl/doctor.h"

static void
check_shell(struct nhi_doctor *d, const struct nhi_account *a)
{
	struct stat st;

	if (stat(a->shell, &st) != 0 || !S_ISREG(st.st_mode) ||
	    access(a->shell, X_OK) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_SHELL,
		    "%s has %s, which cannot be run", a->name, a->shell);
}

/* The home itself may come with the first session. */
static void
check_home(struct nhi_doctor *d, const struct nhi_account *a)
{
	char parent[NHI_ACCOUNT_TEXT];
	struct stat st;
	char *slash;

	(void)snprintf(parent, sizeof(parent), "%s", a->home);
	if ((slash = strrchr(parent, '/')) == NULL || slash == parent)
		return;
	*slash = '\0';
	if (stat(parent, &st) != 0 || !S_ISDIR(st.st_mode))
		nhi_doctor_find(d, NHI_DOCTOR_HOME, "%s has %s, and there is "
		    "no directory %s", a->name, a->home, parent);
	else if (st.st_uid != 0 || (st.st_mode & 022) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_HOME,
		    "%s is not root's alone (home of %s)", parent, a->name);
}

static void
check_groups(struct nhi_doctor *d, const struct nhi_account *a)
{
	for (size_t i = 0; i < a->ngroups; i++)
		if (getgrgid(a->groups[i]) == NULL)
			nhi_doctor_find(d, NHI_DOCTOR_GROUP_GONE,
			    "%s is in group %" PRIu32 ", which has no name",
			    a->name, a->groups[i]);
}

/* Nobody else comes there, and no tick: it may be somebody's work. */
static void
on_left(struct nhi_doctor *d, const char *dir, const char *name)
{
	char path[512];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (lstat(path, &st) == 0)
		nhi_doctor_find(d, NHI_DOCTOR_HOME_LEFT, "%s, of UID %" PRIu32,
		    path, (uint32_t)st.st_uid);
}

/* Its processes may outlive its last session, and come back with a boot. */
static void
on_linger(struct nhi_doctor *d, const char *dir, const char *name)
{
	const struct nhi_linger l = { .dir = dir, .leases = NHI_LEASES_DIR,
		.uids = NHI_UIDS_DIR, .generation = d->policy.path };

	if (nhi_linger_left(&l, name) == 1)
		nhi_doctor_find(d, NHI_DOCTOR_LINGER, "%s/%s", dir, name);
}

void
nhi_doctor_accounts(struct nhi_doctor *d)
{
	struct nhi_doctor_names names;
	struct nhi_account account;

	if (!nhi_doctor_walk(NHI_HOMES_DIR "/.left", on_left, d))
		nhi_doctor_put_blind(d, NHI_HOMES_DIR "/.left",
		    strerror(errno));
	if (!nhi_doctor_walk(NHI_LINGER_DIR, on_linger, d))
		nhi_doctor_put_blind(d, NHI_LINGER_DIR, strerror(errno));
	nhi_doctor_names(d, &names);
	for (size_t i = 0; i < names.n; i++) {
		if (nhi_account_find(d->policy.path, names.list[i],
		    &account) != 1)
			continue;
		check_shell(d, &account);
		check_home(d, &account);
		if (!nhi_doctor_has(d, NHI_DOCTOR_OWN_USERS))
			check_groups(d, &account);
	}
}
