/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of an audit record in their order: the one table that the
 * formatter, the spool's writer and the spool's reader walk.
 */
#ifndef NHI_BASE_AUDIT_FIELD_H
#define NHI_BASE_AUDIT_FIELD_H

#include "lib/base/audit.h"

enum nhi_audit_kind {
	NHI_FIELD_VERSION,	/* of the schema */
	NHI_FIELD_ID,		/* from the stamp */
	NHI_FIELD_TIME,		/* from the stamp */
	NHI_FIELD_PID,		/* from the stamp */
	NHI_FIELD_EVENT,
	NHI_FIELD_OUTCOME,
	NHI_FIELD_REASON,
	NHI_FIELD_HOST,		/* text, or the nodename */
	NHI_FIELD_TEXT,
	NHI_FIELD_DETAIL,	/* text that may be cut short */
	NHI_FIELD_HEX,		/* hex digits, the first 16 */
	NHI_FIELD_U32,
	NHI_FIELD_AUDIT_SESSION,
	NHI_FIELD_SERIAL,	/* 64 bits; a string in JSON */
	NHI_FIELD_SECONDS,	/* a time */
	NHI_FIELD_MICRO,	/* a duration */
	NHI_FIELD_CLAIMS,
	NHI_FIELD_KINDS
};

struct nhi_audit_field {
	const char *name;
	enum nhi_audit_kind kind;
	size_t offset;		/* in struct nhi_event */
	size_t chars;		/* of a text, at most; 0: no limit */
	bool spooled;		/* a service user may say it */
};

#define NHI_AUDIT_FIELDS	32

extern const struct nhi_audit_field nhi_audit_fields[NHI_AUDIT_FIELDS];

/* The members of an event that a field names. */
const char	*nhi_audit_field_text(const struct nhi_audit_field *,
		    const struct nhi_event *);
const void	*nhi_audit_field_get(const struct nhi_audit_field *,
		    const struct nhi_event *);
void		*nhi_audit_field_at(const struct nhi_audit_field *,
		    struct nhi_event *);

#endif
