/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Undoing what an area of keep.h tells: sshd first, so that nobody comes in
 * any more, then PAM, the name service, and the users last.  It may be
 * stopped anywhere and begun again.  Whatever an administrator wrote into the
 * same files since stays: then only our own lines go.
 */
#ifndef NHI_NHICTL_UNDO_H
#define NHI_NHICTL_UNDO_H

#include <stdio.h>

#include "lib/base/buf.h"

struct nhi_undo {
	const char *area;
	FILE *out;		/* NULL: nobody listens */
	bool json;
	bool dry_run;
	unsigned int changed;	/* things that were, or would be, undone */
	unsigned int edited;	/* of them edited by somebody since */
	unsigned int failed;
	enum nhi_err err;	/* the first that failed, and why */
	struct nhi_why why;
	struct nhi_span journal;
};

/* All that the area tells; goes on after a failure and returns the first. */
enum nhi_err	 nhi_undo_area(struct nhi_undo *, struct nhi_why *) NHI_MUST;

/*
 * What is ours in the files of the host though no area tells: of an older
 * setup, of apply, of a package.
 */
enum nhi_err	 nhi_undo_rest(struct nhi_undo *, struct nhi_why *) NHI_MUST;

/* The parts. */
enum nhi_undo_action {
	NHI_UNDO_NOTHING,
	NHI_UNDO_RESTORE,	/* as it was, whole */
	NHI_UNDO_REMOVE,	/* there was none */
	NHI_UNDO_STRIP,		/* only our lines */
	NHI_UNDO_ASIDE,		/* all ours, but edited: kept elsewhere */
	NHI_UNDO_LEAVE,		/* edited, and a confirmed setup has lines */
	NHI_UNDO_APPLIED,	/* of a confirmed setup, by an apply since */
};

/* One file of the journal. */
void		 nhi_undo_file(struct nhi_undo *, const char *path);

/* A file of the host in which lines are ours; all others are ours whole. */
bool		 nhi_undo_is_shared(const char *path);

/* The one that apply writes for sshd. */
bool		 nhi_undo_is_dropin(const char *path);

/*
 * A file that is ours by what it says: of sshd, and of sudo.  Whole: as it
 * would be written today.
 */
bool		 nhi_undo_is_read(const char *path);
bool		 nhi_undo_is_written(const char *path, const struct nhi_buf *);
bool		 nhi_undo_is_whole(const char *path, const struct nhi_buf *);

/* The same for a path that is a symbolic link by now. */
bool		 nhi_undo_is_link(const char *path);
void		 nhi_undo_link(struct nhi_undo *, const char *path);

/* The text of such a file without our lines. */
enum nhi_err	 nhi_undo_strip_text(const char *path, const struct nhi_buf *,
		    struct nhi_buf *ret, struct nhi_why *) NHI_MUST;

/* Our lines out of a file that no area tells of. */
void		 nhi_undo_strip(struct nhi_undo *, const char *path);

/*
 * The files that pam-auth-update writes, all at once: those of the journal;
 * or our lines out of them, whoever put them in.
 */
void		 nhi_undo_common(struct nhi_undo *);
void		 nhi_undo_common_rest(struct nhi_undo *);
bool		 nhi_undo_is_common(const char *path);

/* A line of the journal about a user, a group, a member or a mode. */
void		 nhi_undo_user(struct nhi_undo *, const char *name);
void		 nhi_undo_group(struct nhi_undo *, const char *name);
void		 nhi_undo_member(struct nhi_undo *, const char *line);
void		 nhi_undo_mode(struct nhi_undo *, const char *line);

/* /etc/passwd and its kin, once they are as they were. */
void		 nhi_undo_accounts(struct nhi_undo *);
bool		 nhi_undo_is_account(const char *path);

/* Say what was or would be done with a thing; edited: by somebody since. */
void		 nhi_undo_say(struct nhi_undo *, const char *what,
		    const char *action, bool edited);

/* Remember a failure. */
void		 nhi_undo_fail(struct nhi_undo *, enum nhi_err,
		    const struct nhi_why *);

#endif
