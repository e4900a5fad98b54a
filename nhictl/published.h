/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions about the published policy as a whole. */
#ifndef NHI_NHICTL_PUBLISHED_H
#define NHI_NHICTL_PUBLISHED_H

#include <stdbool.h>

enum nhi_published_what {
	NHI_PUBLISHED_ACCOUNT,		/* declared, or fits a template */
	NHI_PUBLISHED_IDENTITY,
	NHI_PUBLISHED_ISSUER,
};

/* False: there is no policy that can be read. */
bool	 nhi_published_knows(enum nhi_published_what, const char *name,
	    bool *ret_known);

#endif
