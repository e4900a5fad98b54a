/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: the policy that is in force, and the one that is written. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "conf/check.h"
#include "lib/base/file.h"
#include "lib/base/hold.h"
#include "nhictl/apply_run.h"
#include "nhictl/doctor.h"
#include "nhictl/hold.h"
#include "nhictl/when.h"

#define DAY		(24 * 3600)
#define EXPIRING	(14 * DAY)
#define HOLD_OLD	(7 * DAY)
#define NO_ID		"?"	/* of a hold whose text cannot be read */
#define SOME_GID	65533

/* What this host lacks are findings of their own, and no fault of the file. */
static bool
find_group(const char *name, uint32_t *ret)
{
	(void)name;
	*ret = SOME_GID;
	return true;
}

static void
load_written(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	struct nhi_world_span all = { 0, UINT64_C(1) << 32 };
	const struct nhi_load_paths paths = { NHI_POLICY_FILE,
	    NHI_POLICY_DROPINS, NHI_FILE_ANY };
	struct nhi_world world = { .now = d->now, .node = "localhost",
	    .uids = { &all, 1, 1 }, .gids = { &all, 1, 1 },
	    .find_group = find_group, .elsewhere = true };
	struct nhi_why why = { "" };
	enum nhi_err err;

	err = nhi_check(&paths, &world, &faults, &d->plan, &why);
	if (err == NHI_OK)
		return;
	nhi_doctor_find(d, NHI_DOCTOR_POLICY_INVALID, NHI_POLICY_FILE ": %s",
	    why.text[0] == '\0' ? nhi_err_text(err) : why.text);
}

void
nhi_doctor_load(struct nhi_doctor *d)
{
	struct nhi_why why = { "" };

	load_written(d);
	if (nhi_policy_open(NHI_PUBLISHED_DIR, &d->policy, &why) != NHI_OK ||
	    nhi_policy_host(&d->policy, &d->host, &why) != NHI_OK) {
		nhi_doctor_find(d, NHI_DOCTOR_POLICY_NONE, "%s", why.text);
		return;
	}
	d->published = true;
}

void
nhi_doctor_policy(struct nhi_doctor *d)
{
	struct utsname name;

	if (!d->published || d->plan == NULL)
		return;
	if (strcmp(d->policy.digest, d->plan->digest) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_POLICY_UNAPPLIED, "in force is "
		    "%.16s, written is %.16s", d->policy.digest,
		    d->plan->digest);
	else if (d->plan->host_id == NULL && uname(&name) == 0 &&
	    strcmp(name.nodename, d->host.id) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_HOST_RENAMED, "certificates "
		    "say %s, the host is %s", d->host.id, name.nodename);
}

/* Somebody else has said what apply would say. */
static bool
is_said(const struct nhi_doctor *d)
{
	if (nhi_doctor_has(d, NHI_DOCTOR_POLICY_UNAPPLIED) ||
	    nhi_doctor_has(d, NHI_DOCTOR_GROUP_GONE))
		return true;
	for (size_t i = 0; i < d->nfound; i++)
		if (nhi_doctor_kinds[d->found[i].id].severity ==
		    NHI_DOCTOR_ERROR)
			return true;
	return false;
}

/*
 * The policy was good when it was applied: a name, a program or a number may
 * be somebody else's since.  What others have found comes first.
 */
void
nhi_doctor_outgrown(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!d->published || d->plan == NULL || is_said(d))
		return;
	err = nhi_apply_judge(&nhi_apply_host, &faults, &plan, &why);
	if (err == NHI_ERR_POLICY_INVALID)
		nhi_doctor_find(d, NHI_DOCTOR_POLICY_OUTGROWN, "%s", why.text);
	else if (err != NHI_OK)
		nhi_doctor_put_blind(d, "the policy on this host", why.text);
}

static void
check_rules(struct nhi_doctor *d, const char *dir, const char *name)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_RULES_MAX);
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;
	struct nhi_why why = { "" };
	char path[640], when[32];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_OWN, &text, &why) !=
	    NHI_OK ||
	    nhi_rules_parse(nhi_buf_all(&text), &rules, &why) != NHI_OK) {
		nhi_doctor_find(d, NHI_DOCTOR_POLICY_NONE, "%s: %s", path,
		    why.text);
		return;
	}
	for (size_t i = 0; i < rules->nidentities; i++) {
		const struct nhi_identity *id = &rules->identities[i];

		if (id->expires > d->now + EXPIRING)
			continue;
		nhi_when_format(id->expires, when);
		nhi_doctor_find(d, id->expires <= d->now ?
		    NHI_DOCTOR_EXPIRED : NHI_DOCTOR_EXPIRING,
		    "%s of %s: %s UTC", id->name, id->owner, when);
	}
}

void
nhi_doctor_rules(struct nhi_doctor *d)
{
	char path[600];

	if (!d->published)
		return;
	(void)snprintf(path, sizeof(path), "%s/rules", d->policy.path);
	if (!nhi_doctor_walk(path, check_rules, d))
		nhi_doctor_put_blind(d, "identities", strerror(errno));
}

static bool
on_hold(const struct nhi_hold *hold, void *arg)
{
	static const char *const dirs[] = { "all", "account/", "identity/",
		"issuer/" };
	struct nhi_doctor *d = arg;
	char target[96], path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), NHI_HOLDS_DIR "/%s%s",
	    dirs[hold->scope], hold->name);
	if (strcmp(hold->id, NO_ID) == 0) {
		nhi_doctor_find(d, NHI_DOCTOR_HOLD_BROKEN, "%s", path);
		return true;
	}
	if (lstat(path, &st) != 0 ||
	    (hold->expires != 0 && hold->expires <= d->now))
		return true;
	nhi_hold_target(hold, target);
	if (st.st_mtime < d->now - HOLD_OLD)
		nhi_doctor_find(d, NHI_DOCTOR_HOLD_OLD, "%s, by %s for %"
		    PRId64 " days: %s", target, hold->by,
		    (d->now - (int64_t)st.st_mtime) / DAY, hold->reason);
	else if (hold->expires == 0)
		nhi_doctor_find(d, NHI_DOCTOR_HOLD_ENDLESS, "%s, by %s: %s",
		    target, hold->by, hold->reason);
	return true;
}

void
nhi_doctor_holds(struct nhi_doctor *d)
{
	struct nhi_why why = { "" };

	if (nhi_hold_each(NHI_HOLDS_DIR, on_hold, d, &why) != NHI_OK)
		nhi_doctor_find(d, NHI_DOCTOR_HOLD_BROKEN, "%s", why.text);
}
