/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the host into which NHI puts lines of its own.  The edit is a pure
 * function from the old text to the new one, so that "already so" is "the
 * same text", and whatever an administrator wrote stays byte for byte.
 */
#ifndef NHI_NHICTL_EDIT_H
#define NHI_NHICTL_EDIT_H

#include <stdio.h>
#include <sys/types.h>

#include "lib/base/buf.h"

#define NHI_EDIT_MAX	(256U << 10)	/* bytes of such a file */

/* Lines of ours in somebody else's file stand between these two. */
#define NHI_EDIT_BEGIN	"# NHI begin: these lines are nhictl setup's"
#define NHI_EDIT_END	"# NHI end"

struct nhi_edit {
	const char *path;
	mode_t mode;		/* of a file that is not there yet */
	bool must_exist;

	/* The whole new text; old is empty when there is no file. */
	enum nhi_err (*make)(struct nhi_span old, struct nhi_buf *,
	    struct nhi_why *);
};

/* Callbacks of a step whose arg is a struct nhi_edit. */
enum nhi_err	 nhi_edit_check(const void *, bool *ret_done,
		    struct nhi_why *);
enum nhi_err	 nhi_edit_describe(const void *, FILE *, struct nhi_why *);
enum nhi_err	 nhi_edit_apply(const void *, struct nhi_why *);

/*
 * A unified diff, path and path, of a file and the text that it would have.
 */
enum nhi_err	 nhi_edit_diff(const char *path, struct nhi_span text, FILE *,
		    struct nhi_why *);

#endif
