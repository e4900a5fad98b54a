/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/base/grant.h"
#include "lib/base/hold.h"
#include "lib/base/paths.h"
#include "pam_nhi/caller.h"
#include "pam_nhi/entry.h"
#include "pam_nhi/sudo.h"
#include "pam_nhi/tell.h"

static enum nhi_err
check_identity(const struct nhi_pam_call *c, struct nhi_why *why)
{
	const struct nhi_identity *i = nhi_grant_named(c->rules,
	    c->caller.identity);

	if (i == NULL)
		return nhi_fail(why, NHI_ERR_NO_MATCH,
		    "policy has no identity %s for %s", c->caller.identity,
		    c->user);
	/* Source and window were the login's. */
	return nhi_grant_alive(i, c->now, why);
}

enum nhi_err
nhi_pam_sudo_check(struct nhi_pam_call *c, struct nhi_why *why)
{
	const struct nhi_session *s = &c->caller;
	enum nhi_err err;

	if ((err = nhi_pam_caller_find(c, &c->caller, why)) != NHI_OK ||
	    (err = check_identity(c, why)) != NHI_OK ||
	    (err = nhi_hold_check(NHI_HOLDS_DIR, NULL, s->identity, s->issuer,
	    c->now, why)) != NHI_OK)
		return err;
	/*
	 * What was revoked before the session opened let none open.  (The
	 * time is that of a certificate, made out from a minute back.)
	 */
	return nhi_revoke_check(NHI_REVOKED_DIR, &(struct nhi_revoke_query){
	    .serial = s->serial, .identity = s->identity, .mark = s->mark,
	    .key = s->key[0] == '\0' ? NULL : s->key,
	    .valid_after = s->opened - NHI_CERT_BACKDATE,
	}, why);
}

enum nhi_err
nhi_pam_sudo_record(const struct nhi_pam_call *c, struct nhi_why *why)
{
	const struct nhi_session *s = &c->caller;
	struct nhi_event e = {
		.event = NHI_EVENT_SUDO_GRANT, .outcome = NHI_GRANT,
	};

	nhi_pam_event(c, &e);
	nhi_session_event(s, &e);
	e.source = s->source[0] == '\0' ? NULL : s->source;
	return nhi_audit(&e, NULL, why);
}

const char *
nhi_pam_sudo_caller(pam_handle_t *pamh)
{
	const void *service = NULL, *ruser = NULL;
	const char *name;

	if (pam_get_item(pamh, PAM_SERVICE, &service) != PAM_SUCCESS ||
	    service == NULL || !nhi_pam_entry_is_sudo(service) ||
	    pam_get_item(pamh, PAM_RUSER, &ruser) != PAM_SUCCESS ||
	    ruser == NULL)
		return NULL;
	name = ruser;
	return nhi_pam_owner_of(pamh, name) == NHI_OWNER_OTHER ? NULL : name;
}
