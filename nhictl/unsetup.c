/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl unsetup: the host's files as they were before setup.  Asks neither
 * the policy nor anything else that may be broken.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/halt.h"
#include "lib/base/paths.h"
#include "lib/base/reap.h"
#include "lib/base/session.h"
#include "nhictl/jobs.h"
#include "nhictl/nhictl.h"
#include "nhictl/record.h"
#include "nhictl/show.h"
#include "nhictl/trial.h"

static bool
end_session(const struct nhi_session *s, void *arg)
{
	struct nhi_undo *u = arg;
	struct nhi_why why = { "" };
	unsigned int found;

	const bool job = s->identity[0] == '\0';

	if (!nhi_session_is_now(s) || (job && !u->dry_run))
		return true;		/* end_jobs sees to jobs */
	if (!u->dry_run) {
		if (!nhi_reap_session(&(struct nhi_chase){ .uid = s->uid,
		    .uids = NHI_UIDS_DIR,
		    .audit_session = s->audit_session,
		    .stopped = NHI_STOPPED_DIR, .ms = NHI_REAP_TICK_MS }, &found))
			nhi_undo_fail(u, nhi_fail(&why, NHI_ERR_STATE,
			    "session %s of %s: processes are left", s->id,
			    s->account), &why);
		(void)nhi_reap_process(s->pid, s->start.ticks, SIGTERM);
	}
	nhi_undo_say(u, s->account, job ? "ended a job of" :
	    "ended the session of", false);
	return true;
}

/* What they run by themselves: nobody would stop that any more, either. */
static void
end_jobs(struct nhi_undo *u)
{
	struct nhi_hold all = { .scope = NHI_HOLD_ALL, .reason = "unsetup" };
	struct nhi_why why = { "" };
	char what[32];
	unsigned int ended;
	enum nhi_err err;

	nhi_record_who(all.by);
	if ((err = nhi_jobs_end(&all, &ended, &why)) != NHI_OK)
		nhi_undo_fail(u, err, &why);
	(void)snprintf(what, sizeof(what), "%u jobs of cron and at", ended);
	if (ended > 0)
		nhi_undo_say(u, what, "ended", false);
}

static void
sum(const struct nhi_undo *u)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1024);

	if (u->json) {
		nhi_show_string(&b, "kind", "result");
		nhi_show_number(&b, u->dry_run ? "to_undo" : "undone",
		    u->changed);
		nhi_show_number(&b, "edited", u->edited);
		(void)nhi_show_line(&b);
		return;
	}
	(void)printf("unsetup: %u %s, %u of them edited since\n", u->changed,
	    u->dry_run ? "to undo" : "undone", u->edited);
}

static enum nhi_err
run(struct nhi_undo *u, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	enum nhi_err err;

	if ((!u->dry_run &&
	    (err = nhi_trial_lock(true, &lock, why)) != NHI_OK) ||
	    (err = nhi_trial_unsetup(u, why)) != NHI_OK)
		return err;
	/* They were let in; nobody would look after them any more. */
	(void)!nhi_session_each(NHI_SESSIONS_DIR, end_session, u, NULL);
	if (!u->dry_run) {
		end_jobs(u);
		nhi_halt_mend_all(NHI_STOPPED_DIR);
	}
	sum(u);
	if (fflush(stdout) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "cannot write the report");
	return u->failed == 0 ? NHI_OK : nhi_fail(why, u->err, "%s",
	    u->why.text);
}

int
nhi_verb_unsetup(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct nhi_undo u = { .out = stdout };
	struct nhi_why why = { "" };
	enum nhi_err err;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return nhi_ctl_usage("unsetup");
		u.dry_run = u.dry_run || c == 'n';
		u.json = u.json || c == 'j';
	}
	if (optind != argc)
		return nhi_ctl_usage("unsetup");
	if (geteuid() != 0)
		err = nhi_fail(&why, NHI_ERR_STATE, "unsetup needs root");
	else
		err = run(&u, &why);
	return err == NHI_OK ? NHI_CTL_OK : nhi_ctl_fail(err, &why);
}
