/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a service user may not say of itself: its component and the time
 * (root sees the file's owner and ctime), and what only root's processes
 * know: UIDs and sessions.
 */
#include "config.h"

#include <stddef.h>

#include "lib/base/audit_field.h"

#define AT(member)	offsetof(struct nhi_event, member)

const struct nhi_audit_field nhi_audit_fields[NHI_AUDIT_FIELDS] = {
	{ "v", NHI_FIELD_VERSION, 0, 0, false },
	{ "id", NHI_FIELD_ID, 0, 0, true },
	{ "time", NHI_FIELD_TIME, 0, 0, false },
	{ "host", NHI_FIELD_HOST, AT(host), 0, true },
	{ "event", NHI_FIELD_EVENT, AT(event), 0, true },
	{ "outcome", NHI_FIELD_OUTCOME, AT(outcome), 0, true },
	{ "reason", NHI_FIELD_REASON, AT(reason), 0, true },
	{ "detail", NHI_FIELD_DETAIL, AT(detail), 0, true },
	{ "component", NHI_FIELD_TEXT, AT(component), 0, false },
	{ "pid", NHI_FIELD_PID, 0, 0, true },
	{ "service", NHI_FIELD_TEXT, AT(service), 0, true },
	{ "identity", NHI_FIELD_TEXT, AT(identity), 0, true },
	{ "owner", NHI_FIELD_TEXT, AT(owner), 0, true },
	{ "account", NHI_FIELD_TEXT, AT(account), 0, true },
	{ "uid", NHI_FIELD_U32, AT(uid), 0, false },
	{ "issuer", NHI_FIELD_TEXT, AT(issuer), 0, true },
	{ "subject", NHI_FIELD_TEXT, AT(subject), 0, true },
	{ "mark", NHI_FIELD_HEX, AT(mark), 0, true },
	{ "jti", NHI_FIELD_TEXT, AT(jti), 64, true },
	{ "key", NHI_FIELD_TEXT, AT(key), 0, true },
	{ "alg", NHI_FIELD_TEXT, AT(alg), 0, true },
	{ "kid", NHI_FIELD_TEXT, AT(kid), 0, true },
	{ "serial", NHI_FIELD_SERIAL, AT(serial), 0, true },
	{ "keyid", NHI_FIELD_TEXT, AT(keyid), 0, true },
	{ "expires", NHI_FIELD_SECONDS, AT(expires), 0, true },
	{ "session", NHI_FIELD_TEXT, AT(session), 0, false },
	{ "auid_session", NHI_FIELD_AUDIT_SESSION, AT(audit_session), 0,
	    false },
	{ "source", NHI_FIELD_TEXT, AT(source), 0, true },
	{ "command", NHI_FIELD_TEXT, AT(command), 0, true },
	{ "claims", NHI_FIELD_CLAIMS, AT(claims), 0, true },
	{ "policy", NHI_FIELD_HEX, AT(policy), 0, true },
	{ "took_us", NHI_FIELD_MICRO, AT(took_us), 0, true },
	/* End of nhi_audit_fields */
};

const void *
nhi_audit_field_get(const struct nhi_audit_field *f,
    const struct nhi_event *ev)
{
	return (const char *)ev + f->offset;
}

void *
nhi_audit_field_at(const struct nhi_audit_field *f, struct nhi_event *ev)
{
	return (char *)ev + f->offset;
}

const char *
nhi_audit_field_text(const struct nhi_audit_field *f,
    const struct nhi_event *ev)
{
	const char *const *p = nhi_audit_field_get(f, ev);

	return *p == NULL ? "" : *p;
}
