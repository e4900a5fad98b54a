/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of machine accounts, and the patterns of template accounts. */
#ifndef NHI_BASE_NAME_H
#define NHI_BASE_NAME_H

#include <stdbool.h>

#include "lib/base/buf.h"

#define NHI_NAME_MAX	31	/* bytes, without NUL */

/*
 * The tail of a name that stands for a text which did not fit or had other
 * characters than a name may have: '-' and 80 bits of its SHA-256 in base32.
 */
#define NHI_NAME_TAIL	17

/* ^[a-z][a-z0-9-]{0,30}$ */
bool	 nhi_name_valid(const char *);

/* Names that no policy may own: root's, NHI's own, system users. */
bool	 nhi_name_reserved(const char *);

/* NHI_NAME_MAX characters of which the last NHI_NAME_TAIL are a tail? */
bool	 nhi_name_tailed(const char *);

/*
 * Does a name fit a published pattern, in which '*' stands for one or more
 * characters of a name?  "pr-*-*" fits pr-74-1 and, for expansions that were
 * cut, whatever begins with "pr-" and ends in a tail.  No expansion is cut
 * before its first '*' or the tail, whichever comes first.
 */
bool	 nhi_name_fits(const char *name, const char *pattern);

/*
 * Identity, issuer and preset names: ^[a-z0-9][a-z0-9._-]{0,63}$, without
 * ".tmp-" (see nhi_file_replace).
 */
bool	 nhi_name_label(const char *);

#endif
