/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of live sessions: one file each, sessions/<id>, where the id is
 * <audit session>-<pid>-<start> of the sshd process (or of the service).
 * Lines key=value, written by root with nhi_file_replace, 0644.
 */
#ifndef NHI_BASE_SESSION_H
#define NHI_BASE_SESSION_H

#include <sys/types.h>

#include "lib/base/name.h"
#include "lib/base/stamp.h"

#define NHI_SESSION_ID	64

struct nhi_event;

struct nhi_session {
	char id[NHI_SESSION_ID];
	char account[NHI_NAME_MAX + 1];
	uint32_t uid;
	char identity[65];		/* "": a job of cron or at */
	char issuer[65];
	char service[33];
	char source[64];
	uint64_t serial;
	char keyid[384];
	char mark[17];			/* 16 hex digits, or "" */
	char key[65];			/* hex of the key's SHA-256, or "" */
	char fingerprint[64];		/* the same as SHA256:..., or "" */
	char owner[257];		/* of the identity, or "" */
	uint32_t audit_session;		/* UINT32_MAX: none */
	pid_t pid;			/* of the sshd monitor or service */
	struct nhi_stamp start;		/* its start, with the boot id */
	int64_t opened;			/* seconds since 1970 */
	int64_t expires;		/* of the certificate, 0: none */
};

/* Fill the id from audit_session, pid and start. */
void		 nhi_session_name(struct nhi_session *);
enum nhi_err	 nhi_session_write(const char *sessions,
		    const struct nhi_session *, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_session_read(const char *sessions, const char *id,
		    struct nhi_session *ret, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_session_remove(const char *sessions, const char *id,
		    struct nhi_why *) NHI_MUST;

/*
 * Is the process that opened it still the same process?  1, 0, or -1 with
 * errno when it cannot be told: such a session counts, and gives no right.
 */
int		 nhi_session_alive(const struct nhi_session *);

/* Is it of this boot?  Its numbers are other people's otherwise. */
bool		 nhi_session_is_now(const struct nhi_session *);

/*
 * Call fn for each record; it returns false to stop.  Skipped is what went
 * meanwhile and what is no well-formed record of ours.  One that cannot be
 * read for another reason may be a live session: NHI_ERR_STATE, after fn has
 * seen all the others.  No directory is no session.
 */
enum nhi_err	 nhi_session_each(const char *sessions,
		    bool (*fn)(const struct nhi_session *, void *), void *arg,
		    struct nhi_why *) NHI_MUST;

/*
 * Whose it is into an event: identity, owner and issuer, the evidence, and the
 * session's own id.  The texts are the session's.
 */
void		 nhi_session_event(const struct nhi_session *,
		    struct nhi_event *);

/* Every member that is set must hold; all zero: every session. */
struct nhi_session_filter {
	const char *account;
	const char *identity;
	const char *issuer;
	bool machine;			/* by evidence: no job */
	bool alive;			/* not known to be over */
};

bool		 nhi_session_fits(const struct nhi_session *,
		    const struct nhi_session_filter *);

/*
 * How many there are.  One that cannot be read might be one of them:
 * NHI_ERR_STATE, as of nhi_session_each.
 */
enum nhi_err	 nhi_session_count(const char *sessions,
		    const struct nhi_session_filter *, uint32_t *ret,
		    struct nhi_why *) NHI_MUST;

#endif
