/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_ext.h>

#include "lib/base/paths.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"
#include "lib/base/spool.h"
#include "pam_nhi/account.h"
#include "pam_nhi/caller.h"
#include "pam_nhi/direct.h"
#include "pam_nhi/entry.h"
#include "pam_nhi/evidence.h"
#include "pam_nhi/pending.h"
#include "pam_nhi/record.h"
#include "pam_nhi/session.h"
#include "pam_nhi/tell.h"

#define DRAIN_MAX	256
#define SESSION_NAME	"NHI_SESSION"	/* in the PAM environment */
#define IDENTITY_NAME	"NHI_IDENTITY"

static int
refuse(const struct nhi_pam_call *c, const struct nhi_pam_evidence *e,
    enum nhi_err err, const struct nhi_why *why)
{
	struct nhi_event event = {
		.event = NHI_EVENT_LOGIN_DENY, .reason = err,
		.detail = why->text,
	};
	NHI_AUTO(nhi_pam_texts_wipe) struct nhi_pam_texts texts = NHI_PAM_TEXTS;

	nhi_pam_record_evidence(e, &event);
	if (e != NULL && e->direct)
		nhi_pam_record_token(e, &texts, &event);
	nhi_pam_tell(c, &event);
	return nhi_pam_code_session(err);
}

static enum nhi_err
put_variable(const struct nhi_pam_call *c, const char *name,
    const char *value, struct nhi_why *why)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "%s=%s", name, value);
	return pam_putenv(c->pamh, text) == PAM_SUCCESS ? NHI_OK :
	    nhi_fail(why, NHI_ERR_NO_MEMORY, "%s", name);
}

/* Where our line is not required, the login goes on without them. */
static void
take_variables(const struct nhi_pam_call *c)
{
	static const char *const names[] = { SESSION_NAME, IDENTITY_NAME };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (pam_getenv(c->pamh, names[i]) != NULL)
			(void)pam_putenv(c->pamh, names[i]);
}

static enum nhi_err
put_variables(const struct nhi_pam_call *c, const struct nhi_session *s,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = put_variable(c, SESSION_NAME, s->id, why)) != NHI_OK)
		return err;
	return put_variable(c, IDENTITY_NAME, s->identity, why);
}

/*
 * The record of the session and the lease first, then the trail: a grant that
 * is not written is taken back.
 */
static enum nhi_err
open_evident(struct nhi_pam_call *c, const struct nhi_pam_evidence *e,
    struct nhi_pam_state *state, struct nhi_why *why)
{
	const struct nhi_grant g = nhi_pam_evidence_grant(c, e);
	enum nhi_err err;

	if ((err = nhi_pam_record_fill(c, e, &state->session, why)) != NHI_OK)
		return err;
	state->session.audit_session = nhi_pam_caller_audit(c->uid);
	nhi_session_name(&state->session);
	if ((err = put_variables(c, &state->session, why)) != NHI_OK ||
	    (e->direct &&
	    (err = nhi_pam_direct_enter(c, e, why)) != NHI_OK) ||
	    (err = nhi_pam_record_open(c, e, &state->session, why)) != NHI_OK)
		return err;
	/* Who stops it now ends the sessions that have a record: this one too. */
	if ((err = nhi_grant_stopped(&g, why)) != NHI_OK ||
	    (err = nhi_pam_record_grant(c, e, &state->session,
	    why)) != NHI_OK) {
		(void)nhi_pam_record_close(&state->session, NULL);
		return err;
	}
	state->opened = true;
	return NHI_OK;
}

/*
 * A token that our auth stage took, or the certificate that sshd took.  The
 * record of a session is made under a lock of all logins.
 */
static enum nhi_err
check_evidence(const struct nhi_pam_call *c, struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	if (nhi_pam_entry_set_uid())
		return nhi_fail(why, NHI_ERR_SERVICE,
		    "%s: a set-uid program opens no session of a machine "
		    "account", c->service);
	if (c->entry == NHI_ENTRY_SSHD &&
	    pam_getenv(c->pamh, NHI_PENDING_NAME) == NULL)
		return nhi_pam_evidence_check(c, e, why);
	return nhi_pam_evidence_pending(c, e, why);
}

static int
open_evidence(struct nhi_pam_call *c, struct nhi_pam_state *state)
{
	struct nhi_pam_evidence e = { .identity = NULL };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if ((err = check_evidence(c, &e, &why)) != NHI_OK ||
	    (err = open_evident(c, &e, state, &why)) != NHI_OK) {
		take_variables(c);
		return refuse(c, &e, err, &why);
	}
	return PAM_SUCCESS;
}

/*
 * cron and at: no evidence and no lease, but a session, which ends as any
 * other.  Whoever stops it now ends those that have a record: this one too.
 * (atd has the real uid of daemon, as if it were a set-uid program.)
 */
static enum nhi_err
begin_job(struct nhi_pam_call *c, struct nhi_session *s, struct nhi_why *why)
{
	struct nhi_event event = {
		.event = NHI_EVENT_SESSION_OPEN, .outcome = NHI_INFO,
	};
	enum nhi_err err;

	if ((err = nhi_pam_record_fill(c, NULL, s, why)) != NHI_OK)
		return err;
	s->audit_session = nhi_pam_caller_audit(c->uid);
	nhi_session_name(s);
	if ((err = nhi_pam_record_open(c, NULL, s, why)) != NHI_OK)
		return err;
	nhi_pam_event(c, &event);
	event.session = s->id;
	event.audit_session = s->audit_session;
	if ((err = nhi_pam_account_stopped(c, why)) == NHI_OK &&
	    nhi_audit(&event, NULL, why) == NHI_OK)
		return NHI_OK;
	(void)nhi_pam_record_close(s, NULL);
	return err == NHI_OK ? NHI_ERR_AUDIT_UNAVAILABLE : err;
}

static int
open_job(struct nhi_pam_call *c, struct nhi_pam_state *state)
{
	struct nhi_why why = { "" };
	enum nhi_err err;

	if ((err = begin_job(c, &state->session, &why)) != NHI_OK)
		return refuse(c, NULL, err, &why);
	state->opened = true;
	return PAM_SUCCESS;
}

/* By a person, by systemd: no evidence, no lease, but a record. */
static int
open_other(struct nhi_pam_call *c)
{
	struct nhi_event event = {
		.event = NHI_EVENT_SESSION_OPEN, .outcome = NHI_INFO,
		.reason = c->entry == NHI_ENTRY_PERSON ? NHI_ERR_BY_PERSON :
		    NHI_OK,
		.detail = c->ruser[0] == '\0' ? NULL : c->ruser,
	};
	struct nhi_why why = { "" };

	nhi_pam_event(c, &event);
	if (nhi_audit(&event, NULL, &why) != NHI_OK)
		return refuse(c, NULL, NHI_ERR_AUDIT_UNAVAILABLE, &why);
	/* Whoever works as the account uses its UID. */
	nhi_registry_touch(NHI_UIDS_DIR, c->uid);
	return PAM_SUCCESS;
}

int
nhi_pam_session_open(pam_handle_t *pamh, int argc, const char **argv)
{
	NHI_AUTO(nhi_pam_call_end) struct nhi_pam_call c = { 0 };
	struct nhi_pam_state *state = nhi_pam_state(pamh);
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (state == NULL)
		return PAM_BUF_ERR;
	if (state->told)
		return PAM_PERM_DENIED;
	if (state->opened)
		return strcmp(state->session.account, state->user) == 0 ?
		    PAM_SUCCESS : PAM_PERM_DENIED;
	if (state->by_person)
		return PAM_SUCCESS;
	if ((err = nhi_pam_call_begin(&c, pamh, argc, argv, &why)) != NHI_OK ||
	    (err = nhi_pam_account_check(&c, &why)) != NHI_OK)
		return refuse(&c, NULL, err, &why);
	if (c.entry == NHI_ENTRY_SSHD || c.entry == NHI_ENTRY_OTHER)
		return open_evidence(&c, state);
	if (c.entry == NHI_ENTRY_CRON)
		return open_job(&c, state);
	state->by_person = true;
	return open_other(&c);
}

/*
 * In another process than the account stage, the hand-over tells of it: if it
 * is one of ours, since a person's own environment may say anything.
 */
static bool
was_account(const struct nhi_pam_call *c, const struct nhi_pam_state *s)
{
	struct nhi_pam_pending p;

	if (s != NULL && (s->told || s->passed || s->denied != 0) &&
	    strcmp(s->user, c->user) == 0)
		return true;
	return nhi_pam_pending_take(c, &p, NULL) == NHI_OK;
}

int
nhi_pam_session_open_orphan(pam_handle_t *pamh, int argc, const char **argv)
{
	NHI_AUTO(nhi_pam_call_end) struct nhi_pam_call c = { 0 };
	const struct nhi_pam_state *state = nhi_pam_state_find(pamh);
	struct nhi_why why = { "" };
	enum nhi_err err;

	/* Nothing is read for a person who has none of it. */
	if (state == NULL && pam_getenv(pamh, NHI_PENDING_NAME) == NULL)
		return PAM_IGNORE;
	err = nhi_pam_call_begin(&c, pamh, argc, argv, &why);
	if (!was_account(&c, state))
		return PAM_IGNORE;
	/* The account stage has recorded what it refused. */
	if (state != NULL && (state->told || state->denied != 0))
		return PAM_PERM_DENIED;
	if (err == NHI_OK)
		err = nhi_fail(&why, NHI_ERR_ACCOUNT_UNKNOWN,
		    "policy has lost %s since the account stage", c.user);
	return refuse(&c, NULL, err, &why);
}

/* What is left keeps its record, by which tick finds it when we are gone. */
static bool
end_processes(const struct nhi_session *s)
{
	return nhi_reap_kill(&(struct nhi_chase){ .uid = s->uid,
	    .uids = NHI_UIDS_DIR,
	    .audit_session = s->audit_session, .stopped = NHI_STOPPED_DIR,
	    .ms = NHI_REAP_MS, .more_ms = NHI_REAP_MORE_MS });
}

int
nhi_pam_session_close(pam_handle_t *pamh, int argc, const char **argv)
{
	NHI_AUTO(nhi_pam_call_end) struct nhi_pam_call c = { 0 };
	struct nhi_pam_state *state = nhi_pam_state(pamh);
	struct nhi_why why = { "" };
	size_t taken;

	if (state == NULL || !state->opened)
		return PAM_SUCCESS;
	state->opened = false;
	if (!end_processes(&state->session)) {
		pam_syslog(pamh, LOG_ERR, "nhi: session %s: processes are "
		    "left; nhictl tick ends them", state->session.id);
		return PAM_SUCCESS;
	}
	/* The policy may be gone by now; the record and the lease are not. */
	(void)!nhi_pam_call_begin(&c, pamh, argc, argv, &why);
	c.uid = state->session.uid;
	if (nhi_pam_record_close(&state->session, &why) != NHI_OK)
		pam_syslog(pamh, LOG_ERR, "nhi: session %s: %s",
		    state->session.id, why.text);
	nhi_pam_record_left(&c, &state->session);
	(void)!nhi_spool_drain(NHI_SPOOL_DIR, DRAIN_MAX, &taken, &why);
	return PAM_SUCCESS;
}

int
nhi_pam_session_close_orphan(pam_handle_t *pamh, int argc, const char **argv)
{
	const struct nhi_pam_state *state = nhi_pam_state_find(pamh);

	if (state == NULL || !state->opened)
		return PAM_IGNORE;
	return nhi_pam_session_close(pamh, argc, argv);
}
