/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl setup: make this host ready for NHI.  Whatever is so already is left
 * alone, so that it may be run again at any time; nothing is touched that is
 * not NHI's own.  What it did is rolled back unless it is confirmed.
 */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "nhictl/keep.h"
#include "nhictl/nhictl.h"
#include "nhictl/preflight.h"
#include "nhictl/setup.h"
#include "nhictl/setup_end.h"
#include "nhictl/show.h"
#include "nhictl/trial.h"
#include "nhictl/when.h"

#define WITHIN		600
#define WITHIN_MIN	10
#define WITHIN_MAX	86400

/*
 * The order is safe to stop in: sshd is told last, when everything that it
 * would ask is there; who would roll it back comes first.
 */
static const struct nhi_step *const phases[] = {
	nhi_setup_tick,
	nhi_setup_users,
	nhi_setup_dirs,
	nhi_setup_programs,
	nhi_setup_nss,
	nhi_setup_pam,
	nhi_setup_sshd,
	/* End of phases */
};

struct options {
	bool dry_run, json, confirm, force, keep, rollback, watch;
	int64_t within;
};

static enum nhi_err
walk(struct nhi_step_walk *w, struct nhi_why *why)
{
	enum nhi_err err = NHI_OK;

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		err = nhi_step_walk(phases[i], w, why);
		if (err != NHI_OK)
			break;
	}
	return err;
}

static void
sum(const struct options *o, const struct nhi_step_walk *w)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1024);

	if (!o->json) {
		(void)printf("setup: %u %s, %u already so, %u skipped\n",
		    w->changed, w->dry_run ? "to change" : "changed",
		    w->already, w->skipped);
		return;
	}
	nhi_show_string(&b, "kind", "result");
	nhi_show_number(&b, w->dry_run ? "to_change" : "changed", w->changed);
	nhi_show_number(&b, "already", w->already);
	nhi_show_number(&b, "skipped", w->skipped);
	(void)nhi_show_line(&b);
}

/* The reason is the first failure; what is done goes back at once. */
static enum nhi_err
give_up(const struct options *o, struct nhi_trial *t, enum nhi_err err)
{
	struct nhi_undo u = { .out = stdout, .json = o->json };
	struct nhi_why why = { "" };

	if (nhi_trial_undo(t, &u, &why) != NHI_OK)
		(void)nhi_ctl_fail(NHI_ERR_STATE, &why);
	return err;
}

/* From here on, whoever finds the lock free rolls back. */
static enum nhi_err
apply(const struct options *o, int lock, struct nhi_step_walk *w,
    struct nhi_why *why)
{
	struct nhi_trial t;
	enum nhi_err err;

	if ((err = nhi_trial_begin(o->within, &t, why)) != NHI_OK)
		return err;
	if ((err = nhi_trial_watch(lock, why)) != NHI_OK ||
	    (err = walk(w, why)) != NHI_OK)
		return give_up(o, &t, err);
	if (o->keep)
		return nhi_trial_confirm(&t, why);
	if ((err = nhi_trial_applied(&t, why)) != NHI_OK)
		return give_up(o, &t, err);
	return NHI_OK;
}

/* The steps as they would be made; an error is a reason against all. */
static enum nhi_err
plan(const struct options *o, struct nhi_step_walk *w, struct nhi_why *why)
{
	struct nhi_preflight p = { .out = stdout, .json = o->json };
	enum nhi_err err;

	w->dry_run = true;
	if ((err = nhi_preflight(&p, why)) != NHI_OK)
		return err;
	return walk(w, why);
}

static enum nhi_err
settle(const struct options *o, struct nhi_why *why)
{
	struct nhi_undo u = { .out = stdout, .json = o->json };
	bool did = false;

	return nhi_trial_settle(false, &u, &did, why);
}

static enum nhi_err
change(const struct options *o, int lock, struct nhi_why *why)
{
	struct nhi_step_walk w = { .out = stdout, .json = o->json };
	enum nhi_err err;

	if ((!o->dry_run && (err = settle(o, why)) != NHI_OK) ||
	    (err = plan(o, &w, why)) != NHI_OK)
		return err;
	if (w.changed == 0 || o->dry_run) {
		w.dry_run = o->dry_run;
		sum(o, &w);
		return nhi_setup_pending(o->json, why);
	}
	/* The plan is out before anything happens. */
	if (fflush(stdout) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "cannot write the plan");
	w = (struct nhi_step_walk){ .out = stdout, .json = o->json };
	if ((err = apply(o, lock, &w, why)) != NHI_OK)
		return err;
	sum(o, &w);
	return nhi_setup_pending(o->json, why);
}

static bool
parse(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "confirm", no_argument, NULL, 'c' },
		{ "force", no_argument, NULL, 'f' },
		{ "confirm-within", required_argument, NULL, 'w' },
		{ "no-rollback", no_argument, NULL, 'k' },
		{ "rollback", no_argument, NULL, 'r' },
		{ "watch", no_argument, NULL, 'W' },
		{ NULL, 0, NULL, 0 },
	};
	bool within = false;
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1) {
		o->dry_run = o->dry_run || c == 'n';
		o->json = o->json || c == 'j';
		o->confirm = o->confirm || c == 'c';
		o->force = o->force || c == 'f';
		o->keep = o->keep || c == 'k';
		o->rollback = o->rollback || c == 'r';
		o->watch = o->watch || c == 'W';
		within = within || c == 'w';
		if (c == '?' || (c == 'w' && (!nhi_num_duration(
		    nhi_span_str(optarg), WITHIN_MAX, &o->within) ||
		    o->within < WITHIN_MIN)))
			return false;
	}
	/* One thing at a time. */
	return optind == argc && (!o->force || o->confirm) &&
	    (o->dry_run || within || o->keep) + o->confirm + o->rollback +
	    o->watch <= 1 && !(within && o->keep);
}

static int
run(const struct options *o)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_why why = { "" };
	enum nhi_err err = NHI_OK;

	/* Who only looks leaves no lock behind either. */
	if (!o->dry_run)
		err = nhi_trial_lock(o->confirm || o->rollback, &lock, &why);
	if (err == NHI_OK) {
		if (o->confirm)
			err = nhi_setup_confirm(o->force, o->json, &why);
		else if (o->rollback)
			err = nhi_setup_rollback(o->json, &why);
		else
			err = change(o, lock, &why);
	}
	if (fflush(stdout) != 0 && err == NHI_OK)
		err = nhi_fail(&why, NHI_ERR_STATE, "cannot write the report");
	return err == NHI_OK ? NHI_CTL_OK : nhi_ctl_fail(err, &why);
}

int
nhi_verb_setup(int argc, char **argv)
{
	struct options o = { .within = WITHIN };
	struct nhi_why why = { "" };

	if (!parse(argc, argv, &o))
		return nhi_ctl_usage("setup");
	if (geteuid() != 0)
		return nhi_ctl_fail(nhi_fail(&why, NHI_ERR_STATE,
		    "setup needs root"), &why);
	return o.watch ? nhi_trial_watcher() : run(&o);
}
