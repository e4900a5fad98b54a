/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verbs about holds share. */
#ifndef NHI_NHICTL_HOLD_H
#define NHI_NHICTL_HOLD_H

#include "lib/base/audit.h"
#include "lib/base/hold.h"

/* "everything", "account web", ... */
void		 nhi_hold_target(const struct nhi_hold *, char out[static 96]);

/* What `hold add` and `hold lift` are told. */
struct nhi_hold_args {
	struct nhi_hold hold;
	unsigned int scopes;		/* how many were given */
	bool keep;			/* the sessions that live */
	bool bad;
};

struct option;

/* False, and said why where usage does not tell: wrong options. */
bool		 nhi_hold_parse(int argc, char **argv, const struct option *,
		    struct nhi_hold_args *);

/* The record of an addition or a lift, by the function that writes it. */
enum nhi_err	 nhi_hold_record(enum nhi_audit_event, const struct nhi_hold *,
		    const char *detail, enum nhi_err (*record)(
		    const struct nhi_event *, struct nhi_why *),
		    struct nhi_why *) NHI_MUST;

/*
 * End the sessions that it reaches, and say how many: over a connection that
 * lives, commands could be started still.
 */
enum nhi_err	 nhi_hold_end(const struct nhi_hold *, struct nhi_why *)
		    NHI_MUST;

/*
 * Say what an administrator in a hurry overlooks: a name that the policy does
 * not know, and sessions that go on when they are kept.
 */
void		 nhi_hold_hints(const struct nhi_hold *, bool keep);

#endif
