/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/refetch.h"
#include "lib/base/slot.h"
#include "lib/base/verifier.h"
#include "pam_nhi/ask.h"
#include "pam_nhi/auth.h"
#include "pam_nhi/entry.h"
#include "pam_nhi/evidence.h"
#include "pam_nhi/pending.h"
#include "pam_nhi/record.h"
#include "pam_nhi/sudo.h"
#include "pam_nhi/tell.h"

static enum nhi_err
may_take_token(const struct nhi_pam_call *c, struct nhi_why *why)
{
	switch (c->entry) {
	case NHI_ENTRY_SSHD:
	case NHI_ENTRY_OTHER:
		return NHI_OK;
	case NHI_ENTRY_LEASE:
	case NHI_ENTRY_PERSON:
	case NHI_ENTRY_SUDO:
	case NHI_ENTRY_CRON:
		break;
	}
	return nhi_fail(why, NHI_ERR_SERVICE, "%s takes no token", c->service);
}

/*
 * /run is empty after a boot.  Whoever started a set-uid program can stop it
 * with a slot in its hand, and all of them so: those have slots of their own.
 */
static enum nhi_err
take_slot(int *ret_fd, struct nhi_why *why)
{
	static const char others[] = NHI_PAM_SLOTS_DIR "/set-uid";
	enum nhi_err err;

	if ((err = nhi_dir_make(AT_FDCWD, NHI_RUN_DIR, 0755, 0, 0,
	    why)) != NHI_OK ||
	    (err = nhi_dir_make(AT_FDCWD, NHI_PAM_SLOTS_DIR, 0700, 0, 0,
	    why)) != NHI_OK)
		return err;
	if (!nhi_pam_entry_set_uid())
		return nhi_slot_take(NHI_PAM_SLOTS_DIR, ret_fd, why);
	if ((err = nhi_dir_make(AT_FDCWD, others, 0700, 0, 0, why)) != NHI_OK)
		return err;
	return nhi_slot_take(others, ret_fd, why);
}

static enum nhi_err
ask_verdict(const struct nhi_verifier *v, struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int slot = -1;
	enum nhi_err err;

	if ((err = take_slot(&slot, why)) != NHI_OK)
		return err;
	return nhi_verifier_ask(v, &e->verdict, why);
}

/* The bytes go from the conversation into the socket and nowhere else. */
static enum nhi_err
verify(const struct nhi_pam_call *c, struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token =
	    NHI_BUF(NHI_VERDICT_BYTES);
	struct nhi_verifier v = {
		.program = NHI_DROP, .policy = &c->policy,
		.account = c->user, .kind = NHI_KIND_TOKEN, .now = c->now,
	};
	const struct nhi_issuer *missing;
	enum nhi_err err;

	if ((err = nhi_pam_ask(c, &token, why)) != NHI_OK)
		return err;
	v.bytes = nhi_buf_all(&token);
	if ((err = ask_verdict(&v, e, why)) != NHI_OK)
		return err;
	/* Keys that are not here may be the provider's new ones. */
	if ((missing = nhi_refetch_issuer(c->rules, &e->verdict)) != NULL &&
	    nhi_refetch(NHI_DROP, missing, c->now) == NHI_REFETCH_AGAIN &&
	    (err = ask_verdict(&v, e, why)) != NHI_OK)
		return err;
	e->answered = true;
	/* What is revoked of an identity is what there was by then. */
	e->verdict.valid_after = e->verdict.iat - NHI_CERT_BACKDATE;
	nhi_verdict_mark(&e->verdict, e->mark);
	if (e->verdict.reason == NHI_OK)
		return NHI_OK;
	nhi_verdict_value(&e->verdict, "detail", why->text,
	    sizeof(why->text));
	return e->verdict.reason;
}

/* All that can refuse it comes before it is spent. */
static enum nhi_err
decide(const struct nhi_pam_call *c, struct nhi_pam_evidence *e,
    int64_t *ret_until, struct nhi_why *why)
{
	struct nhi_grant g;
	enum nhi_err err;

	if ((err = nhi_pam_evidence_identity(c, e, why)) != NHI_OK ||
	    (err = nhi_pam_evidence_state(c, e, why)) != NHI_OK)
		return err;
	g = nhi_pam_evidence_grant(c, e);
	return nhi_grant_until(&g, e->verdict.exp, ret_until, why);
}

static enum nhi_err
hand_on(const struct nhi_pam_call *c, const struct nhi_pam_evidence *e,
    int64_t until, struct nhi_why *why)
{
	struct nhi_pam_pending p = { .expires = until };

	memcpy(p.mark, e->mark, sizeof(p.mark));
	memcpy(p.identity, e->identity->name, strlen(e->identity->name) + 1);
	return nhi_pam_pending_put(c, &p, why);
}

static enum nhi_err
record(const struct nhi_pam_call *c, const struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	struct nhi_event event = {
		.event = NHI_EVENT_TOKEN_ACCEPT, .outcome = NHI_GRANT,
	};
	NHI_AUTO(nhi_pam_texts_wipe) struct nhi_pam_texts texts = NHI_PAM_TEXTS;

	nhi_pam_event(c, &event);
	nhi_pam_record_evidence(e, &event);
	nhi_pam_record_token(e, &texts, &event);
	return nhi_audit(&event, NULL, why);
}

static enum nhi_err
take_token(struct nhi_pam_call *c, struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	enum nhi_err err;
	int64_t until = 0;

	if ((err = may_take_token(c, why)) != NHI_OK ||
	    (err = nhi_policy_rules(&c->policy, c->user, &c->account,
	    &c->rules, why)) != NHI_OK ||
	    (err = verify(c, e, why)) != NHI_OK ||
	    (err = decide(c, e, &until, why)) != NHI_OK ||
	    /* There is no key to bind it to: a token is good once. */
	    (err = nhi_grant_spend(e->issuer, &e->verdict, NULL,
	    why)) != NHI_OK ||
	    (err = record(c, e, why)) != NHI_OK ||
	    (err = hand_on(c, e, until, why)) != NHI_OK)
		return err;
	return NHI_OK;
}

static int
refuse(const struct nhi_pam_call *c, const struct nhi_pam_evidence *e,
    enum nhi_err err, const struct nhi_why *why)
{
	struct nhi_event event = {
		.event = c->entry == NHI_ENTRY_SUDO ? NHI_EVENT_SUDO_DENY :
		    NHI_EVENT_TOKEN_DENY,
		.reason = err, .detail = why->text,
	};
	NHI_AUTO(nhi_pam_texts_wipe) struct nhi_pam_texts texts = NHI_PAM_TEXTS;

	nhi_pam_record_evidence(e, &event);
	nhi_pam_record_token(e, &texts, &event);
	nhi_pam_tell(c, &event);
	return nhi_err_class(err) == NHI_CLASS_FAULT ?
	    PAM_AUTHINFO_UNAVAIL : PAM_AUTH_ERR;
}

/*
 * sudo: satisfied by the lease of the session that calls it.  The account
 * stage asks again, and records.
 */
static enum nhi_err
check_sudo(struct nhi_pam_call *c, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_policy_rules(&c->policy, c->user, &c->account,
	    &c->rules, why)) != NHI_OK)
		return err;
	return nhi_pam_sudo_check(c, why);
}

int
nhi_pam_auth(pam_handle_t *pamh, int argc, const char **argv)
{
	NHI_AUTO(nhi_pam_call_end) struct nhi_pam_call c = { 0 };
	struct nhi_pam_evidence e = { .identity = NULL };
	struct nhi_pam_state *state = nhi_pam_state(pamh);
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (state == NULL)
		return PAM_BUF_ERR;
	if ((err = nhi_pam_call_begin(&c, pamh, argc, argv, &why)) == NHI_OK)
		err = c.entry == NHI_ENTRY_SUDO ? check_sudo(&c, &why) :
		    take_token(&c, &e, &why);
	if (err != NHI_OK)
		return refuse(&c, &e, err, &why);
	state->token = true;
	return PAM_SUCCESS;
}
