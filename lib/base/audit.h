/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit trail.  One function writes a record; who calls decides the road:
 * root appends to audit.jsonl, the service users put a file of plain fields
 * into the spool, which root takes in (spool.h).  A member left out is a
 * field left out; the order of fields is fixed by the formatter.  Never a
 * token, a signature or a key.
 */
#ifndef NHI_BASE_AUDIT_H
#define NHI_BASE_AUDIT_H

#include <sys/types.h>

#include "lib/base/rules.h"

#define NHI_AUDIT_LINE	2048		/* bytes of a record with its newline */
#define NHI_AUDIT_ID	26		/* characters of an id */

#define NHI_AUDIT_EVENTS(X)						\
	X(TOKEN_ACCEPT, "token.accept")					\
	X(TOKEN_DENY, "token.deny")					\
	X(CERT_ISSUE, "cert.issue")					\
	X(CERT_DENY, "cert.deny")					\
	X(LOGIN_GRANT, "login.grant")					\
	X(LOGIN_DENY, "login.deny")					\
	X(SESSION_OPEN, "session.open")					\
	X(SESSION_CLOSE, "session.close")				\
	X(SESSION_END, "session.end")					\
	X(LEASE_OPEN, "lease.open")					\
	X(LEASE_CLOSE, "lease.close")					\
	X(SUDO_GRANT, "sudo.grant")					\
	X(SUDO_DENY, "sudo.deny")					\
	X(FETCH_OK, "fetch.ok")						\
	X(FETCH_FAIL, "fetch.fail")					\
	X(POLICY_APPLY, "policy.apply")					\
	X(POLICY_REJECT, "policy.reject")				\
	X(HOLD_ADD, "hold.add")						\
	X(HOLD_LIFT, "hold.lift")					\
	X(REVOKE, "revoke")						\
	X(CA_INIT, "ca.init")						\
	X(CA_ROTATE, "ca.rotate")					\
	X(SPOOL_DROPPED, "spool.dropped")				\
	X(DOCTOR, "doctor")						\
	/* End of NHI_AUDIT_EVENTS */

enum nhi_audit_event {
#define X(sym, slug) NHI_EVENT_##sym,
	NHI_AUDIT_EVENTS(X)
#undef X
	NHI_EVENT_COUNT
};

enum nhi_audit_outcome { NHI_GRANT, NHI_DENY, NHI_FAULT, NHI_INFO };

/* Strings are borrowed, may be NULL, and may hold hostile bytes. */
struct nhi_event {
	enum nhi_audit_event event;
	enum nhi_audit_outcome outcome;
	enum nhi_err reason;		/* NHI_OK: left out */
	const char *detail;		/* a sentence for the administrator */
	const char *component;		/* "pam_nhi", "nhi-issue", ... */
	const char *host;		/* host.id of policy; NULL: nodename */
	const char *service;		/* PAM service */
	const char *identity;
	const char *owner;
	const char *account;
	uint32_t uid;			/* 0: left out */
	const char *issuer;		/* name in the policy */
	const char *subject;
	const char *mark;		/* first 16 hex digits */
	const char *jti;		/* cut at 64 characters */
	const char *key;		/* SHA256:... */
	const char *alg;
	const char *kid;
	uint64_t serial;		/* 0: left out */
	const char *keyid;
	int64_t expires;		/* seconds since 1970; 0: left out */
	const char *session;
	uint32_t audit_session;		/* UINT32_MAX or 0: left out */
	const char *source;
	const char *command;
	struct nhi_span claims;		/* lines name=value; values cut at 128 */
	const char *policy;		/* digest; its first 16 digits */
	int64_t took_us;		/* 0: left out */
};

/*
 * Format as one line of JSON with its newline, ASCII, at most NHI_AUDIT_LINE
 * bytes; what does not fit is left out from the end of claims, then of
 * detail, never inside an escape.
 */
struct nhi_audit_stamp {
	char id[NHI_AUDIT_ID + 1];
	int64_t time_ms;
	pid_t pid;
};
void		 nhi_audit_format(const struct nhi_event *,
		    const struct nhi_audit_stamp *, struct nhi_buf *);

/*
 * Write and sync the record; copy it to syslog (authpriv).  ret_id (may be
 * NULL) gets the id that the client is told, "-" when the record is lost.
 * NHI_ERR_AUDIT_UNAVAILABLE: nothing may be granted.
 */
enum nhi_err	 nhi_audit(const struct nhi_event *,
		    char *ret_id, struct nhi_why *) NHI_MUST;

/* The same for several records with one sync; root only. */
enum nhi_err	 nhi_audit_all(const struct nhi_event *, size_t n,
		    char *ret_id, struct nhi_why *) NHI_MUST;

const char	*nhi_audit_event_slug(enum nhi_audit_event);
const char	*nhi_audit_outcome_slug(enum nhi_audit_outcome);

/* A new id: sortable by time, unique. */
void		 nhi_audit_id(int64_t time_ms, char ret[static NHI_AUDIT_ID + 1]);

#endif
