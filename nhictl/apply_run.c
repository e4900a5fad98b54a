/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <grp.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/audit.h"
#include "lib/base/file.h"
#include "nhictl/apply_run.h"
#include "nhictl/apply_sshd.h"
#include "nhictl/apply_sudo.h"

const struct nhi_apply_paths nhi_apply_host = {
	.policy = { NHI_POLICY_FILE, NHI_POLICY_DROPINS, NHI_FILE_ROOT },
	.world = &nhi_world_host,
	.publish = { NHI_PUBLISHED_DIR, NHI_UIDS_DIR },
	.trust = { NHI_CA_PUB, NHI_CA_TRUSTED },
	.sudo = true,
};

/* Groups of a directory service, where the file has none of the name. */
static bool
find_group(const char *name, uint32_t *ret)
{
	const struct group *g = getgrnam(name);

	if (g == NULL)
		return false;
	*ret = (uint32_t)g->gr_gid;
	return true;
}

enum nhi_err
nhi_apply_judge(const struct nhi_apply_paths *paths,
    struct nhi_faults *faults, struct nhi_plan **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_world_wipe) struct nhi_world world = { 0 };
	enum nhi_err err;

	if ((err = nhi_world_load(paths->world, &world, why)) != NHI_OK)
		return err;
	world.now = (int64_t)time(NULL);
	world.find_group = find_group;
	return nhi_check(&paths->policy, &world, faults, ret, why);
}

enum nhi_err
nhi_apply_check(const struct nhi_apply_paths *paths,
    const struct nhi_report *report, struct nhi_plan **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	enum nhi_err err = nhi_apply_judge(paths, &faults, ret, why);

	nhi_report_faults(report, &faults);
	if (err == NHI_ERR_POLICY_INVALID)
		nhi_report_refused(report, &faults);
	return err;
}

/* Everything that apply changes, and how it was. */
struct change {
	const struct nhi_apply_paths *paths;
	const struct nhi_plan *plan;
	const struct nhi_report *report;
	struct nhi_publish publish;
	struct nhi_buf trusted;		/* what trusted.pub was */
	struct nhi_buf dropin;		/* what sshd's drop-in was */
	struct nhi_buf sudo;		/* what sudo's fragment was */
	bool swapped;
	bool trusting;
	bool dropped_in;
	bool sudoing;
};

static void
change_wipe(struct change *c)
{
	nhi_buf_wipe(&c->trusted);
	nhi_buf_wipe(&c->dropin);
	nhi_buf_wipe(&c->sudo);
}

static enum nhi_err
write_trust(struct change *c, struct nhi_why *why)
{
	struct nhi_trust t = { c->plan->host.issues, c->plan->host.id,
	    &c->plan->trust };
	bool own = false;
	enum nhi_err err;

	err = nhi_trust_write(&c->paths->trust, &t, &c->trusted, &own, why);
	if (err != NHI_OK)
		return err;
	c->trusting = true;
	/* What it signed, and signs, would be nobody's. */
	if (t.own && !own && access(NHI_CA_KEY, F_OK) == 0)
		return nhi_fail(why, NHI_ERR_HOST, NHI_CA_PUB " has no key, "
		    "but " NHI_CA_KEY " signs: nhictl ca init writes it again");
	if (t.own && !own)
		nhi_report_note(c->report, "there is no CA key: nothing can "
		    "be issued before nhictl ca init, and another apply");
	return NHI_OK;
}

static void
note_setup(const struct nhi_report *report)
{
	nhi_report_note(report, "sshd knows nothing of NHI yet: nhictl setup");
}

static enum nhi_err
hold_against_sshd(struct change *c, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_apply_sshd(c->plan, &c->dropin, why)) != NHI_OK)
		return err;
	c->dropped_in = true;
	if (c->dropin.n == 0)
		note_setup(c->report);
	return NHI_OK;
}

static enum nhi_err
write_sudo(struct change *c, struct nhi_why *why)
{
	enum nhi_err err;

	if (!c->paths->sudo)
		return NHI_OK;
	if ((err = nhi_sudo_write(c->plan, &c->sudo, why)) == NHI_OK)
		c->sudoing = true;
	return err;
}

/* A policy is in force only when the trail says so. */
static enum nhi_err
record(const struct change *c, struct nhi_why *why)
{
	const struct nhi_event e = {
		.event = NHI_EVENT_POLICY_APPLY, .outcome = NHI_INFO,
		.component = "nhictl", .host = c->plan->host.id,
		.policy = c->plan->digest,
	};

	return nhi_audit(&e, NULL, why);
}

static enum nhi_err
change_all(struct change *c, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_publish(&c->paths->publish, c->plan, &c->publish,
	    why)) != NHI_OK)
		return err;
	c->swapped = true;
	if ((err = write_trust(c, why)) != NHI_OK ||
	    (err = hold_against_sshd(c, why)) != NHI_OK ||
	    (err = write_sudo(c, why)) != NHI_OK ||
	    (err = record(c, why)) != NHI_OK ||
	    (err = nhi_publish_move(&c->paths->publish, c->plan,
	    why)) != NHI_OK)
		return err;
	return NHI_OK;
}

/* Put back what was; a failure on the way is told beside the first one. */
static void
restore(struct change *c)
{
	struct nhi_why why = { "" };

	if (c->sudoing && nhi_sudo_restore(&c->sudo, &why) != NHI_OK)
		nhi_report_note(c->report, why.text);
	if (c->dropped_in && nhi_apply_sshd_restore(&c->dropin, &why) !=
	    NHI_OK)
		nhi_report_note(c->report, why.text);
	if (c->trusting && nhi_trust_restore(&c->paths->trust, &c->trusted,
	    &why) != NHI_OK)
		nhi_report_note(c->report, why.text);
	if (c->swapped && nhi_publish_restore(&c->paths->publish, &c->publish,
	    &why) != NHI_OK)
		nhi_report_note(c->report, why.text);
}

enum nhi_err
nhi_apply_try(const struct nhi_apply_paths *paths,
    const struct nhi_report *report, const struct nhi_plan *plan,
    struct nhi_why *why)
{
	bool there = false;
	enum nhi_err err;

	if ((err = nhi_apply_sshd_try(plan, &there, why)) != NHI_OK)
		return err;
	if (!there)
		note_setup(report);
	return paths->sudo ? nhi_sudo_try(plan, why) : NHI_OK;
}

enum nhi_err
nhi_apply_publish(const struct nhi_apply_paths *paths,
    const struct nhi_report *report, const struct nhi_plan *plan,
    struct nhi_why *why)
{
	NHI_AUTO(change_wipe) struct change c = { .paths = paths,
	    .plan = plan, .report = report,
	    .trusted = NHI_BUF(NHI_TRUST_FILE),
	    .dropin = NHI_BUF(NHI_APPLY_SSHD_TEXT),
	    .sudo = NHI_BUF(NHI_SUDO_TEXT) };
	struct nhi_why late = { "" };
	enum nhi_err err;

	if ((err = change_all(&c, why)) != NHI_OK) {
		restore(&c);
		return err;
	}
	if (nhi_publish_clean(&paths->publish, &c.publish, &late) != NHI_OK)
		nhi_report_note(report, late.text);
	nhi_report_plan(report, plan, c.publish.generation);
	return NHI_OK;
}

enum nhi_err
nhi_apply_rejected(enum nhi_err reason, const struct nhi_why *detail,
    struct nhi_why *ret)
{
	const struct nhi_event e = {
		.event = NHI_EVENT_POLICY_REJECT, .outcome = NHI_FAULT,
		.reason = reason, .detail = detail->text,
		.component = "nhictl",
	};

	return nhi_audit(&e, NULL, ret);
}
