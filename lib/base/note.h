/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notes of an administrator, each a symbolic link
 *	<directory>/<kind>/<name>  -> <id> <seconds> <by> <reason>
 * (words as in rules.h).  Holds and revocations are made of them.  A look
 * fails closed: a directory that cannot be opened is NHI_ERR_STATE, a text
 * that cannot be read is a note all the same.
 */
#ifndef NHI_BASE_NOTE_H
#define NHI_BASE_NOTE_H

#include "lib/base/rules.h"

struct nhi_note {
	char name[65];
	char id[33];
	int64_t time;
	char by[65];
	char reason[257];
};

/*
 * Look for a note in the directory; *ret_found.  A text that cannot be read
 * gives a note without time ("?" as id).  kind "." is the directory itself.
 */
enum nhi_err	 nhi_note_find(int dir, const char *kind, const char *name,
		    struct nhi_note *ret, bool *ret_found, struct nhi_why *)
		    NHI_MUST;

/* Make or replace, and sync.  What is too long is cut. */
enum nhi_err	 nhi_note_put(const char *dir, const char *kind,
		    const struct nhi_note *, struct nhi_why *) NHI_MUST;

/* Remove, and sync.  NHI_ERR_NO_MATCH: there was none. */
enum nhi_err	 nhi_note_remove(const char *dir, const char *kind,
		    const char *name, struct nhi_why *) NHI_MUST;

/*
 * Call fn for each note of the kind; it returns false to stop.  NHI_ERR_STATE:
 * there may be more than it has seen.
 */
enum nhi_err	 nhi_note_each(int dir, const char *kind,
		    bool (*fn)(const struct nhi_note *, void *), void *arg,
		    struct nhi_why *) NHI_MUST;

/* Make the directory and those of the kinds (a list that NULL ends). */
enum nhi_err	 nhi_note_init(const char *dir, const char *const kinds[],
		    struct nhi_why *) NHI_MUST;

#endif
