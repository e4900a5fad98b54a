/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/home.h"
#include "lib/base/lease.h"
#include "lib/base/linger.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "pam_nhi/home.h"
#include "pam_nhi/record.h"
#include "pam_nhi/tell.h"

static void
copy(char *out, size_t size, const char *s)
{
	(void)snprintf(out, size, "%s", s);
}

static void
fill_evidence(const struct nhi_pam_evidence *e, struct nhi_session *s)
{
	s->serial = e->verdict.serial;
	s->expires = e->verdict.valid_before;
	copy(s->identity, sizeof(s->identity), e->identity->name);
	copy(s->issuer, sizeof(s->issuer), e->issuer->name);
	copy(s->keyid, sizeof(s->keyid), e->keyid);
	copy(s->mark, sizeof(s->mark), e->mark);
	copy(s->key, sizeof(s->key), e->key);
	copy(s->fingerprint, sizeof(s->fingerprint), e->fingerprint);
	copy(s->owner, sizeof(s->owner), e->identity->owner);
}

enum nhi_err
nhi_pam_record_fill(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e, struct nhi_session *s,
    struct nhi_why *why)
{
	enum nhi_err err;

	*s = (struct nhi_session){
		.uid = c->uid, .pid = getpid(), .opened = c->now,
		.audit_session = UINT32_MAX,
	};
	copy(s->account, sizeof(s->account), c->user);
	copy(s->service, sizeof(s->service), c->service);
	copy(s->source, sizeof(s->source), c->source);
	if (e != NULL)
		fill_evidence(e, s);
	if ((err = nhi_stamp_boot(s->start.boot, why)) != NHI_OK)
		return err;
	return nhi_stamp_process(s->pid, &s->start.ticks, why);
}

void
nhi_pam_record_evidence(const struct nhi_pam_evidence *e,
    struct nhi_event *event)
{
	if (e == NULL)
		return;
	if (e->identity != NULL) {
		event->identity = e->identity->name;
		event->owner = e->identity->owner;
		event->issuer = e->issuer->name;
	}
	event->mark = e->mark[0] == '\0' ? NULL : e->mark;
	event->serial = e->verdict.serial;
	event->keyid = e->keyid[0] == '\0' ? NULL : e->keyid;
	event->key = e->fingerprint[0] == '\0' ? NULL : e->fingerprint;
	event->expires = e->verdict.valid_before;
}

static const char *
read_text(const struct nhi_verdict *v, const char *name, char *out,
    size_t size)
{
	nhi_verdict_value(v, name, out, size);
	return out[0] == '\0' ? NULL : out;
}

void
nhi_pam_texts_wipe(struct nhi_pam_texts *t)
{
	nhi_buf_wipe(&t->claims);
}

void
nhi_pam_record_token(const struct nhi_pam_evidence *e,
    struct nhi_pam_texts *t, struct nhi_event *event)
{
	const struct nhi_verdict *v = &e->verdict;

	if (!e->answered)
		return;
	event->subject = read_text(v, "subject", t->subject,
	    sizeof(t->subject));
	if (event->detail == NULL)
		event->detail = read_text(v, "detail", t->detail,
		    sizeof(t->detail));
	event->jti = read_text(v, "jti", t->jti, sizeof(t->jti));
	event->alg = read_text(v, "alg", t->alg, sizeof(t->alg));
	event->kid = read_text(v, "kid", t->kid, sizeof(t->kid));
	if (event->issuer == NULL)
		event->issuer = read_text(v, "issuer", t->issuer,
		    sizeof(t->issuer));
	nhi_verdict_claims(v, &t->claims);
	event->claims = nhi_buf_all(&t->claims);
}

/*
 * The lease says how many sessions there are, without jobs; the caller holds
 * the lock, and knows whether the home may go with the last one of all.
 */
static enum nhi_err
set_lease(const struct nhi_session *s, bool may_go, struct nhi_why *why)
{
	struct nhi_session_filter of_account = {
		.account = s->account, .machine = true, .alive = true,
	};
	uint32_t n, all = 0;
	enum nhi_err err;
	bool gone;

	if ((err = nhi_session_count(NHI_SESSIONS_DIR, &of_account, &n,
	    why)) != NHI_OK)
		return err;
	nhi_registry_touch(NHI_UIDS_DIR, s->uid);
	of_account.machine = false;
	/*
	 * A job may have no process yet that would keep the home.  What cannot
	 * go now goes with a tick, which says why not.
	 */
	if (n == 0 && may_go && nhi_session_count(NHI_SESSIONS_DIR,
	    &of_account, &all, NULL) == NHI_OK && all == 0)
		(void)!nhi_home_return(NHI_HOMES_DIR, s->account, &gone, NULL);
	return nhi_lease_set(NHI_LEASES_DIR, s->account, s->uid, n, why);
}

/*
 * The account stage asked before; tick may have taken the number back since,
 * if nobody had used it for the whole retention.
 */
static enum nhi_err
check_uid(const struct nhi_session *s, struct nhi_why *why)
{
	struct nhi_uid_entry e;
	int r = nhi_registry_find(NHI_UIDS_DIR, s->account, &e);

	if (r < 0)
		return nhi_fail(why, NHI_ERR_STATE, "the UID of %s",
		    s->account);
	return r == 1 && e.uid == s->uid ? NHI_OK : nhi_fail(why,
	    NHI_ERR_UID_MOVED, "the account's UID changed; try again");
}

/* /run is empty after a boot, and a container may have no tmpfiles. */
static enum nhi_err
make_run(struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_dir_make(AT_FDCWD, NHI_RUN_DIR, 0755, 0, 0,
	    why)) != NHI_OK ||
	    (err = nhi_dir_make(AT_FDCWD, NHI_LEASES_DIR, 0755, 0, 0,
	    why)) != NHI_OK)
		return err;
	return nhi_dir_make(AT_FDCWD, NHI_SESSIONS_DIR, 0755, 0, 0, why);
}

/* Identities of one account agree on it. */
static bool
lends_home(const struct nhi_pam_call *c)
{
	return c->rules != NULL && c->rules->nidentities > 0 &&
	    c->rules->identities[0].remove_home;
}

enum nhi_err
nhi_pam_record_open(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e, const struct nhi_session *s,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	enum nhi_err err;

	if ((err = make_run(why)) != NHI_OK ||
	    (err = nhi_state_lock(NHI_LEASES_DIR, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK ||
	    (e != NULL && (err = nhi_pam_evidence_cap(c, e, why)) != NHI_OK) ||
	    (err = check_uid(s, why)) != NHI_OK ||
	    (err = nhi_pam_home_make(&c->account, c->uid, lends_home(c),
	    why)) != NHI_OK ||
	    (err = nhi_session_write(NHI_SESSIONS_DIR, s, why)) != NHI_OK)
		return err;
	return set_lease(s, false, why);
}

enum nhi_err
nhi_pam_record_close(const struct nhi_session *s, struct nhi_why *why)
{
	const bool may_go = nhi_home_free(NHI_HOMES_DIR, s->account);
	NHI_AUTO(nhi_fd_close) int lock = -1;
	enum nhi_err err;

	if ((err = nhi_state_lock(NHI_LEASES_DIR, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK ||
	    (err = nhi_session_remove(NHI_SESSIONS_DIR, s->id,
	    why)) != NHI_OK ||
	    (err = set_lease(s, may_go, why)) != NHI_OK)
		return err;
	return nhi_linger_end(NHI_LINGER_DIR, NHI_LEASES_DIR, s->account, why);
}

enum nhi_err
nhi_pam_record_grant(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e, const struct nhi_session *s,
    struct nhi_why *why)
{
	struct nhi_event event[] = {
		{ .event = NHI_EVENT_LOGIN_GRANT, .outcome = NHI_GRANT },
		{ .event = NHI_EVENT_SESSION_OPEN, .outcome = NHI_INFO },
	};
	const size_t n = sizeof(event) / sizeof(event[0]);
	NHI_AUTO(nhi_pam_texts_wipe) struct nhi_pam_texts texts = NHI_PAM_TEXTS;

	/* No certificate of ours has a record that tells these. */
	if (e->direct)
		nhi_pam_record_token(e, &texts, &event[0]);
	for (size_t i = 0; i < n; i++) {
		nhi_pam_event(c, &event[i]);
		nhi_pam_record_evidence(e, &event[i]);
		event[i].session = s->id;
		event[i].audit_session = s->audit_session;
	}
	return nhi_audit_all(event, n, NULL, why);
}

void
nhi_pam_record_left(const struct nhi_pam_call *c, const struct nhi_session *s)
{
	struct nhi_event event = {
		.event = NHI_EVENT_SESSION_CLOSE, .outcome = NHI_INFO,
		.expires = s->expires,
	};
	struct nhi_why why;

	nhi_pam_event(c, &event);
	nhi_session_event(s, &event);
	(void)!nhi_audit(&event, NULL, &why);
}
