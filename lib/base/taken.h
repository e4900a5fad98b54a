/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that /etc/passwd and /etc/group use, so that none of them is given
 * to a machine account.  The files are read directly: getpwuid would ask
 * nss_nhi, and the network.
 */
#ifndef NHI_BASE_TAKEN_H
#define NHI_BASE_TAKEN_H

#include "lib/base/buf.h"

#define NHI_TAKEN_FILE	(64U << 20)	/* bytes of either file, at most */

/* Zeroed: none.  Sorted. */
struct nhi_taken {
	uint32_t *p;
	size_t n;
	size_t size;
	bool loaded;			/* from at least one file */
};

/*
 * Add the third field of each line that is at least min.  A file that is not
 * there adds nothing; a line that has no such field is nobody's.
 */
enum nhi_err	 nhi_taken_load(struct nhi_taken *, const char *path,
		    uint32_t min, struct nhi_why *) NHI_MUST;
bool		 nhi_taken_has(const struct nhi_taken *, uint32_t);
void		 nhi_taken_wipe(struct nhi_taken *);

#endif
