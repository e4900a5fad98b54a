/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/explain_used.h"

enum nhi_err
nhi_explain_used(const char *mark, const char *key, bool never,
    struct nhi_used *ret, struct nhi_why *why)
{
	int found;

	*ret = (struct nhi_used){ .unknown = false };
	if (mark[0] == '\0')
		return NHI_OK;
	found = nhi_mark_find(NHI_MARKS_DIR, mark, ret->by);
	/* Where there is no directory of marks, nothing was used. */
	if (found < 0 && errno == ENOENT)
		return NHI_OK;
	ret->unknown = found < 0 && errno == EACCES;
	if (found < 0 && !ret->unknown)
		return nhi_fail(why, NHI_ERR_STATE, "mark %.16s: %s", mark,
		    strerror(errno));
	if (found == 1 && (never || strcmp(ret->by, "-") == 0))
		return nhi_fail(why, NHI_ERR_REPLAY,
		    "mark %.16s: the token was used before", mark);
	if (found == 1 && key != NULL && strcmp(ret->by, key) != 0)
		return nhi_fail(why, NHI_ERR_REPLAY,
		    "mark %.16s: the token was used with key %s", mark,
		    ret->by);
	return NHI_OK;
}
