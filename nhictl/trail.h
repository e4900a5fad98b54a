/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the audit trail: lines of any length and content, of which only
 * good ones count, and what is asked of them.
 */
#ifndef NHI_NHICTL_TRAIL_H
#define NHI_NHICTL_TRAIL_H

#include <sys/types.h>

#include "lib/base/audit.h"

#define NHI_TRAIL_CHUNK	65536

struct nhi_trail {
	int fd;			/* -1: not open */
	struct nhi_buf line;	/* the part of a line that was read so far */
	bool over;		/* that line is too long to be a record */
	bool whole;		/* it was handed out */
	char chunk[NHI_TRAIL_CHUNK];
	size_t at, n;		/* of the chunk */
};

enum nhi_err	 nhi_trail_open(const char *path, struct nhi_trail *ret,
		    struct nhi_why *) NHI_MUST;
void		 nhi_trail_close(struct nhi_trail *);

/*
 * The next whole line, without its newline, good until the next call;
 * *ret_bad when it cannot be a record.  1 read, 0 end of the file (for now),
 * -1 with errno.
 */
int		 nhi_trail_next(struct nhi_trail *, struct nhi_span *ret,
		    bool *ret_bad);

/* What is asked for; NULL members: anything. */
struct nhi_trail_filter {
	const char *event;	/* "login.deny", or "login" for login.* */
	const char *outcome;
	const char *account;
	const char *identity;
	const char *id;
	char since[32];		/* RFC 3339 as in the trail, or "" */
	char until[32];
};

/* What a row shows.  The strings belong to `json`; "" where absent. */
struct nhi_trail_record {
	void *json;
	const char *time, *event, *outcome, *reason, *detail;
	const char *account, *identity, *source, *id;
};

/* False when the line is no record.  To be wiped. */
bool		 nhi_trail_parse(struct nhi_span, struct nhi_trail_record *ret);
void		 nhi_trail_wipe(struct nhi_trail_record *);
bool		 nhi_trail_wanted(const struct nhi_trail_record *,
		    const struct nhi_trail_filter *);

/* Is there such an event (or group of events)? */
bool		 nhi_trail_event_known(const char *);

#endif
