/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/session.h"

struct count {
	const struct nhi_session_filter *filter;
	uint32_t n;
};

static bool
is_same(const char *wanted, const char *s)
{
	return wanted == NULL || strcmp(wanted, s) == 0;
}

bool
nhi_session_fits(const struct nhi_session *s,
    const struct nhi_session_filter *f)
{
	return is_same(f->account, s->account) &&
	    is_same(f->identity, s->identity) &&
	    is_same(f->issuer, s->issuer) &&
	    (!f->machine || s->identity[0] != '\0') &&
	    (!f->alive || nhi_session_alive(s) != 0);
}

static bool
add(const struct nhi_session *s, void *arg)
{
	struct count *count = arg;

	count->n += nhi_session_fits(s, count->filter);
	return true;
}

enum nhi_err
nhi_session_count(const char *sessions, const struct nhi_session_filter *f,
    uint32_t *ret, struct nhi_why *why)
{
	struct count count = { .filter = f };
	enum nhi_err err;

	if ((err = nhi_session_each(sessions, add, &count, why)) != NHI_OK)
		return err;
	*ret = count.n;
	return NHI_OK;
}
