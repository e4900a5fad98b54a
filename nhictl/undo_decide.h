/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Undoing: what becomes of a file, by what it says now, what it was before a
 * setup, and what that setup made of it.  Nothing is written here.
 */
#ifndef NHI_NHICTL_UNDO_DECIDE_H
#define NHI_NHICTL_UNDO_DECIDE_H

#include "lib/base/buf.h"
#include "nhictl/keep.h"
#include "nhictl/undo.h"

struct nhi_undo_versions {
	struct nhi_buf now, was, made, stripped;
	bool there, had, know;		/* now, was, made are there */
	bool lost;			/* was must be there and is not */
	bool trial;			/* another setup may be before it */
};

#define NHI_UNDO_VERSIONS	{ .now = NHI_BUF(NHI_KEEP_FILE),		\
	.was = NHI_BUF(NHI_KEEP_FILE), .made = NHI_BUF(NHI_KEEP_FILE),	\
	.stripped = NHI_BUF(NHI_KEEP_FILE) }

void		 nhi_undo_versions_wipe(struct nhi_undo_versions *);

/* Read them. */
enum nhi_err	 nhi_undo_versions_load(const struct nhi_undo *,
		    const char *path, struct nhi_undo_versions *,
		    struct nhi_why *) NHI_MUST;

/* Make `stripped` of `now`. */
enum nhi_err	 nhi_undo_versions_strip(const char *path,
		    struct nhi_undo_versions *, struct nhi_why *) NHI_MUST;

/* Is nothing of ours in `now`?  After nhi_undo_versions_strip. */
bool		 nhi_undo_versions_same(const struct nhi_undo_versions *);

/* Whatever is decided, `stripped` is made where our lines alone shall go. */
enum nhi_err	 nhi_undo_decide(const char *path, struct nhi_undo_versions *,
		    enum nhi_undo_action *ret, struct nhi_why *) NHI_MUST;

#endif
