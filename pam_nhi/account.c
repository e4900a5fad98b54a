/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include <security/pam_modutil.h>

#include "lib/base/grant.h"
#include "lib/base/hold.h"
#include "lib/base/lease.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "pam_nhi/account.h"
#include "pam_nhi/caller.h"
#include "pam_nhi/entry.h"
#include "pam_nhi/evidence.h"
#include "pam_nhi/sudo.h"
#include "pam_nhi/tell.h"

static enum nhi_err
check_lease(const struct nhi_pam_call *c, struct nhi_why *why)
{
	switch (nhi_lease_live(NHI_LEASES_DIR, c->user)) {
	case 1:
		return NHI_OK;
	case 0:
		return nhi_fail(why, NHI_ERR_NO_EVIDENCE,
		    "%s: the account has no lease", c->service);
	default:
		return nhi_fail(why, NHI_ERR_STATE, "the lease of %s",
		    c->user);
	}
}

/*
 * Taken by our auth stage in this process.  (Only sshd has its stages in two,
 * and its account stage is with auth.)
 */
static bool
has_token(const struct nhi_pam_call *c)
{
	const struct nhi_pam_state *state = nhi_pam_state_find(c->pamh);

	return state != NULL && state->token;
}

static enum nhi_err
check_entry(struct nhi_pam_call *c, struct nhi_why *why)
{
	switch (c->entry) {
	case NHI_ENTRY_SSHD:
		return NHI_OK;
	case NHI_ENTRY_LEASE:
		return check_lease(c, why);
	case NHI_ENTRY_PERSON:
		if (!nhi_pam_entry_by_account(c))
			return NHI_OK;
		return nhi_fail(why, NHI_ERR_SERVICE,
		    "%s: called by a machine account", c->service);
	case NHI_ENTRY_SUDO:
		return nhi_pam_sudo_check(c, why);
	case NHI_ENTRY_CRON:
		return NHI_OK;	/* nhi_pam_account_stopped says */
	case NHI_ENTRY_OTHER:
		break;
	}
	if (has_token(c))
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_SERVICE,
	    "%s may not enter a machine account", c->service);
}

/*
 * sshd froze a UID at its first lookup: only there is a number claimed, and
 * only its session leader says since when.  A claim is made under a lock of
 * all logins, which a set-uid program must not have.
 */
static enum nhi_err
check_uid(struct nhi_pam_call *c, struct nhi_why *why)
{
	struct nhi_stamp since;
	enum nhi_err err;

	if (c->entry == NHI_ENTRY_SSHD) {
		if ((err = nhi_stamp_leader(&since, why)) != NHI_OK)
			return err;
		return nhi_registry_claim(NHI_UIDS_DIR, c->user, &since,
		    &c->uid, why);
	}
	if ((err = nhi_pam_caller_start(&since, why)) != NHI_OK)
		return err;
	if (c->entry == NHI_ENTRY_OTHER && !nhi_pam_entry_set_uid())
		return nhi_registry_claim(NHI_UIDS_DIR, c->user, &since,
		    &c->uid, why);
	return nhi_registry_check(NHI_UIDS_DIR, c->user, &since, &c->uid,
	    why);
}

/*
 * Who got our name after apply, in files or by a directory that is asked
 * before us, is whom the program enters, with his UID and his home: no machine
 * does that for us.  An administrator may.
 */
static enum nhi_err
check_name(const struct nhi_pam_call *c, struct nhi_why *why)
{
	const struct passwd *pw;

	if (c->entry == NHI_ENTRY_PERSON)
		return NHI_OK;
	pw = pam_modutil_getpwnam(c->pamh, c->user);
	if (pw == NULL)
		return nhi_fail(why, NHI_ERR_STATE,
		    "the name service does not have %s", c->user);
	return pw->pw_uid == c->uid ? NHI_OK : nhi_fail(why,
	    NHI_ERR_ACCOUNT_RESERVED, "the name service has %s with UID %lu: "
	    "somebody else's", c->user, (unsigned long)pw->pw_uid);
}

/* An administrator may look into a held account. */
enum nhi_err
nhi_pam_account_stopped(const struct nhi_pam_call *c, struct nhi_why *why)
{
	enum nhi_err err;

	if (c->entry == NHI_ENTRY_PERSON)
		return NHI_OK;
	if (c->entry == NHI_ENTRY_CRON &&
	    (err = nhi_grant_jobs(c->rules, c->now, why)) != NHI_OK)
		return err;
	return nhi_hold_check(NHI_HOLDS_DIR, c->user, NULL, NULL, c->now, why);
}

enum nhi_err
nhi_pam_account_check(struct nhi_pam_call *c, struct nhi_why *why)
{
	enum nhi_err err;

	if (c->rules == NULL && (err = nhi_policy_rules(&c->policy, c->user,
	    &c->account, &c->rules, why)) != NHI_OK)
		return err;
	if ((err = check_entry(c, why)) != NHI_OK ||
	    (err = nhi_pam_account_stopped(c, why)) != NHI_OK)
		return err;
	if ((err = check_uid(c, why)) != NHI_OK ||
	    (err = check_name(c, why)) != NHI_OK)
		c->here_only = true;
	return err;
}

/*
 * A refusal of a certificate that sshd accepted is told now and executed at
 * open_session, so that sshd does not penalise the whole source address.  Not
 * a wrong UID: where a host's session stack leaves us out, `principals` still
 * refuses everything else but certificates with a forced command.
 */
static int
refuse(const struct nhi_pam_call *c, enum nhi_err err,
    const struct nhi_why *why)
{
	struct nhi_pam_state *state = nhi_pam_state(c->pamh);

	nhi_pam_tell(c, &(struct nhi_event){
	    .event = c->entry == NHI_ENTRY_SUDO ? NHI_EVENT_SUDO_DENY :
	    NHI_EVENT_LOGIN_DENY, .reason = err, .detail = why->text,
	});
	if (c->defer && !c->here_only && c->entry == NHI_ENTRY_SSHD &&
	    state != NULL && !state->token) {
		state->told = true;
		return PAM_SUCCESS;
	}
	if (state != NULL)
		state->denied = nhi_pam_code_account(err);
	return nhi_pam_code_account(err);
}

int
nhi_pam_account(pam_handle_t *pamh, int argc, const char **argv)
{
	NHI_AUTO(nhi_pam_call_end) struct nhi_pam_call c = { 0 };
	struct nhi_pam_state *state = nhi_pam_state(pamh);
	struct nhi_why why = { "" };
	enum nhi_err err;

	/* The second of two lines in one stack has nothing to add. */
	if (state != NULL && (state->told || state->passed || state->denied))
		return state->denied;
	if ((err = nhi_pam_call_begin(&c, pamh, argc, argv, &why)) != NHI_OK ||
	    (err = nhi_pam_account_check(&c, &why)) != NHI_OK ||
	    (c.entry == NHI_ENTRY_SUDO &&
	    (err = nhi_pam_sudo_record(&c, &why)) != NHI_OK))
		return refuse(&c, err, &why);
	if (state != NULL) {
		state->passed = true;
		nhi_pam_evidence_expect(&c, state);
	}
	return PAM_SUCCESS;
}

int
nhi_pam_account_other(pam_handle_t *pamh, int argc, const char **argv)
{
	NHI_AUTO(nhi_pam_call_end) struct nhi_pam_call c = { 0 };
	const char *caller = nhi_pam_sudo_caller(pamh);
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (caller == NULL)
		return PAM_IGNORE;
	err = nhi_pam_call_begin(&c, pamh, argc, argv, &why);
	c.user = caller;
	c.entry = NHI_ENTRY_SUDO;
	if (err != NHI_OK ||
	    (err = nhi_pam_account_check(&c, &why)) != NHI_OK ||
	    (err = nhi_pam_sudo_record(&c, &why)) != NHI_OK)
		return refuse(&c, err, &why);
	return PAM_IGNORE;
}
