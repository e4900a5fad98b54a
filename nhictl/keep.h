/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What setup keeps so that it can be undone.  An area is a directory:
 *
 *	journal		a line for each change, synced before it is made
 *	was/PATH	a file as it was: bytes, mode, owner, times, attributes
 *	made/PATH	the same file as setup left it
 *
 * There are two: "base" since the first setup that was confirmed, and
 * "pending" of the one that is not confirmed yet.
 */
#ifndef NHI_NHICTL_KEEP_H
#define NHI_NHICTL_KEEP_H

#include "lib/base/buf.h"
#include "lib/base/paths.h"

#define NHI_KEEP_DIR		NHI_STATE_DIR "/setup"
#define NHI_KEEP_BASE		NHI_KEEP_DIR "/base"
#define NHI_KEEP_PENDING	NHI_KEEP_DIR "/pending"
#define NHI_KEEP_EDITED		NHI_KEEP_DIR "/edited"
#define NHI_KEEP_FILE		(16U << 20)	/* bytes of a kept file */
#define NHI_KEEP_JOURNAL	65536

/* The first word of a line of the journal. */
#define NHI_KEEP_CHANGED	"file"		/* PATH, was/PATH is there */
#define NHI_KEEP_NEW		"new"		/* PATH, there was none */
#define NHI_KEEP_MODE		"mode"		/* PATH UID GID MODE */
#define NHI_KEEP_USER		"user"		/* NAME */
#define NHI_KEEP_GROUP		"group"		/* NAME */
#define NHI_KEEP_MEMBER		"member"	/* USER GROUP */

/* Make the area where it is missing. */
enum nhi_err	 nhi_keep_open(const char *area, struct nhi_why *) NHI_MUST;

/* The whole lines of the journal; none for an area that is not there. */
enum nhi_err	 nhi_keep_read(const char *area, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

/* Append a line, synced; one that is there already is not written again. */
enum nhi_err	 nhi_keep_note(const char *area, const char *line,
		    struct nhi_why *) NHI_MUST;

/* Before a file is changed: keep it as it is, once. */
enum nhi_err	 nhi_keep_file(const char *area, const char *path,
		    struct nhi_why *) NHI_MUST;

/* Is there this very line? */
bool		 nhi_keep_has_line(struct nhi_span journal, const char *line);

/* Is there a line of this kind about it? */
bool		 nhi_keep_tells(struct nhi_span journal, const char *kind,
		    const char *what);

/* Is there a line for this file?  And one that says that there was one? */
bool		 nhi_keep_has(struct nhi_span journal, const char *path);
bool		 nhi_keep_had(struct nhi_span journal, const char *path);

/*
 * Before a file that was kept is changed, maybe once more: did nobody else
 * change it since?  If somebody did, "made" goes, and none may be written:
 * then the file loses our lines only, and the oldest is not put back whole.
 */
enum nhi_err	 nhi_keep_look(const char *area, const char *path,
		    bool *ret_ours, struct nhi_why *) NHI_MUST;

/*
 * Before it is changed to a text, with that look at a file of others' in
 * which only lines are ours; or after another program changed it.
 */
enum nhi_err	 nhi_keep_made(const char *area, const char *path,
		    struct nhi_span, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_keep_made_file(const char *area, const char *path,
		    struct nhi_why *) NHI_MUST;

/* The copy "was" or "made" of a file. */
enum nhi_err	 nhi_keep_path(const char *area, const char *which,
		    const char *path, char *out, struct nhi_why *) NHI_MUST;

/*
 * What pending knows and base does not goes there; made is the newer one, and
 * none where somebody else changed the file between the two.
 */
enum nhi_err	 nhi_keep_merge(struct nhi_why *) NHI_MUST;

/* Remove an area and all in it. */
enum nhi_err	 nhi_keep_remove(const char *area, struct nhi_why *) NHI_MUST;

#endif
