/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/base/source.h"
#include "nhictl/judge.h"

enum nhi_err
nhi_judge(const struct nhi_identity *i, const char *source, int64_t now,
    struct nhi_why *why)
{
	if (i->expires <= now)
		return nhi_fail(why, NHI_ERR_IDENTITY_EXPIRED,
		    "identity %s has expired", i->name);
	if (source != NULL && !nhi_source_in(source, &i->source))
		return nhi_fail(why, NHI_ERR_SOURCE, "%s may not come from %s",
		    i->name, source);
	if (!nhi_window_open(&i->window, now))
		return nhi_fail(why, NHI_ERR_WINDOW,
		    "%s may not log in at that time", i->name);
	return NHI_OK;
}
