/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <syslog.h>

#include <security/pam_ext.h>

#include "lib/base/paths.h"
#include "lib/base/spool.h"
#include "pam_nhi/tell.h"

void
nhi_pam_event(const struct nhi_pam_call *c, struct nhi_event *e)
{
	e->component = "pam_nhi";
	e->host = c->host.id;
	e->service = c->service;
	e->account = c->user;
	e->uid = c->uid;
	e->source = c->source[0] == '\0' ? NULL : c->source;
	e->policy = c->policy.digest[0] == '\0' ? NULL : c->policy.digest;
}

void
nhi_pam_tell_only(const struct nhi_pam_call *c, enum nhi_err err,
    const char *id)
{
	(void)pam_error(c->pamh, "nhi: refused: %s %s", nhi_err_public(err),
	    id);
}

void
nhi_pam_tell_trail(const struct nhi_pam_call *c, struct nhi_event *e,
    char id[static NHI_AUDIT_ID + 1])
{
	struct nhi_why why;

	(void)snprintf(id, NHI_AUDIT_ID + 1, "-");
	nhi_pam_event(c, e);
	e->outcome = nhi_err_class(e->reason) == NHI_CLASS_FAULT ||
	    nhi_err_class(e->reason) == NHI_CLASS_KEYS ? NHI_FAULT : NHI_DENY;
	/* Refusals are free to provoke, synced records are not. */
	if (!nhi_spool_room(NHI_SPOOL_DIR, e, c->now * 1000))
		return;
	/* A refusal stands even where its record cannot be written. */
	if (nhi_audit(e, id, &why) != NHI_OK)
		pam_syslog(c->pamh, LOG_ERR, "nhi: %s: %s",
		    nhi_err_slug(e->reason), why.text);
}

void
nhi_pam_tell(const struct nhi_pam_call *c, struct nhi_event *e)
{
	char id[NHI_AUDIT_ID + 1];

	nhi_pam_tell_trail(c, e, id);
	nhi_pam_tell_only(c, e->reason, id);
}

int
nhi_pam_code_account(enum nhi_err err)
{
	switch (nhi_err_class(err)) {
	case NHI_CLASS_FAULT:
		return err == NHI_ERR_NO_MEMORY ? PAM_BUF_ERR :
		    err == NHI_ERR_POLICY_INVALID ? PAM_SERVICE_ERR :
		    PAM_AUTHINFO_UNAVAIL;
	case NHI_CLASS_NONE:
	case NHI_CLASS_INPUT:
	case NHI_CLASS_TOKEN:
	case NHI_CLASS_KEYS:
	case NHI_CLASS_POLICY:
	case NHI_CLASS_BUSY:
	case NHI_CLASS_CERT:
		break;
	}
	return PAM_PERM_DENIED;
}

/* Not PAM_SESSION_ERR: sudo goes on after it. */
int
nhi_pam_code_session(enum nhi_err err)
{
	return err == NHI_ERR_NO_MEMORY ? PAM_BUF_ERR : PAM_PERM_DENIED;
}
