/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root's side of the spool.  nhi_spool_drain (spool.h) is this with the real
 * paths and users.
 *
 * Two drains do not meet: the directory is locked, and a second one leaves.
 * A record is in the trail once: it is appended and synced, then its file is
 * removed; while that is under way, the link `.drain` beside the trail names
 * the size that the trail had, so that after a crash the next drain looks
 * from there on for what is already in.
 */
#ifndef NHI_BASE_SPOOL_TAKE_H
#define NHI_BASE_SPOOL_TAKE_H

#include "lib/base/spool.h"

/* Nobody has this UID. */
#define NHI_SPOOL_NOBODY	((uid_t)-1)

struct nhi_spool_job {
	const char *spool;
	const char *log_dir;
	const char *log_name;
	uid_t issuer;		/* the users, or NHI_SPOOL_NOBODY */
	uid_t verify;
	uid_t fetch;
	size_t max;		/* files taken at most */
	int64_t now_ms;
};

enum nhi_err	 nhi_spool_take(const struct nhi_spool_job *,
		    size_t *ret_taken, struct nhi_why *) NHI_MUST;

/* One file of the spool. */
enum nhi_spool_state {
	NHI_SPOOL_TAKE,		/* line has its record */
	NHI_SPOOL_LATER,	/* not complete yet */
	NHI_SPOOL_JUNK,		/* no record: what says why */
	NHI_SPOOL_GONE,		/* cannot be seen or removed: leave it */
};

struct nhi_spool_file {
	int64_t time_ms;	/* ctime */
	uid_t uid;
	char id[NHI_AUDIT_ID + 1];
	const char *what;
};

/*
 * Look at one file without following, blocking on or trusting anything, and
 * append its record to the buffer.
 */
enum nhi_spool_state nhi_spool_look(const struct nhi_spool_job *, int dir,
		    const char *name, struct nhi_spool_file *ret,
		    struct nhi_buf *line);

#endif
