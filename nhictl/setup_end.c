/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "nhictl/keep.h"
#include "nhictl/login.h"
#include "nhictl/setup_end.h"
#include "nhictl/show.h"
#include "nhictl/trial.h"
#include "nhictl/when.h"

static void
say(bool json, const char *result, const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1024);

	if (!json) {
		(void)printf("setup: %s\n", text);
		return;
	}
	nhi_show_string(&b, "kind", "trial");
	nhi_show_string(&b, "result", result);
	(void)nhi_show_line(&b);
}

/*
 * Who set it up and is still logged in shows nothing by that: the new login
 * is the proof that logins work.
 */
static enum nhi_err
check_login(const struct nhi_trial *t, struct nhi_why *why)
{
	uint32_t session = nhi_stamp_audit_session();
	struct nhi_stamp login;
	enum nhi_err err;

	if ((err = nhi_login_start(&login, why)) != NHI_OK)
		return err;
	if (nhi_stamp_older(&t->applied, &login) &&
	    (session == UINT32_MAX || session != t->audit_session))
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_HOST, "this login is older than the "
	    "setup: log in anew, and confirm from there");
}

enum nhi_err
nhi_setup_confirm(bool force, bool json, struct nhi_why *why)
{
	struct nhi_undo u = { .out = stdout, .json = json };
	struct nhi_trial t;
	bool did = false;
	enum nhi_err err;

	if ((err = nhi_trial_settle(false, &u, &did, why)) != NHI_OK ||
	    (err = nhi_trial_load(&t, why)) != NHI_OK)
		return err;
	if (t.phase == NHI_TRIAL_NONE && access(NHI_KEEP_BASE, F_OK) != 0)
		return nhi_fail(why, NHI_ERR_HOST, "nothing to confirm: "
		    "setup was not run, or was rolled back");
	if (t.phase == NHI_TRIAL_NONE) {
		say(json, "none", "nothing waits to be confirmed");
		return NHI_OK;
	}
	if ((!force && (err = check_login(&t, why)) != NHI_OK) ||
	    (err = nhi_trial_confirm(&t, why)) != NHI_OK)
		return err;
	say(json, "confirmed", "confirmed");
	return NHI_OK;
}

enum nhi_err
nhi_setup_rollback(bool json, struct nhi_why *why)
{
	struct nhi_undo u = { .out = stdout, .json = json };
	bool did = false;
	enum nhi_err err;

	if ((err = nhi_trial_settle(true, &u, &did, why)) != NHI_OK)
		return err;
	say(json, did ? "rolled-back" : "none", did ? "rolled back" :
	    "nothing waits to be confirmed or rolled back");
	return NHI_OK;
}

enum nhi_err
nhi_setup_pending(bool json, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(1024);
	struct nhi_stamp now;
	struct nhi_trial t;
	enum nhi_err err;
	int64_t left;

	if ((err = nhi_trial_load(&t, why)) != NHI_OK ||
	    (err = nhi_stamp_now(&now, why)) != NHI_OK)
		return err;
	if (t.phase != NHI_TRIAL_APPLIED)
		return NHI_OK;
	left = nhi_trial_left(&t, nhi_when_now(), &now);
	if (json) {
		nhi_show_string(&b, "kind", "trial");
		nhi_show_string(&b, "result", "pending");
		nhi_show_number(&b, "seconds_left", (uint64_t)left);
		(void)nhi_show_line(&b);
		return NHI_OK;
	}
	(void)printf("setup: rolled back in %" PRId64 " s unless confirmed: "
	    "log in anew, and say there: nhictl setup --confirm\n", left);
	return NHI_OK;
}
