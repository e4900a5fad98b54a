/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/session.h"
#include "nhictl/revoke_open.h"

struct open {
	const struct nhi_revocation *r;
	unsigned int n;
};

static bool
came_by(const struct nhi_session *s, const struct nhi_revocation *r)
{
	uint64_t serial;

	switch (r->kind) {
	case NHI_REVOKE_SERIAL:
		return nhi_num_parse(nhi_span_str(r->name), UINT64_MAX,
		    &serial) && serial == s->serial;
	case NHI_REVOKE_IDENTITY:
		return strcmp(s->identity, r->name) == 0;
	case NHI_REVOKE_MARK:
		return strcmp(s->mark, r->name) == 0;
	case NHI_REVOKE_KEY:
		break;
	}
	return strcmp(s->key, r->name) == 0;
}

static bool
count(const struct nhi_session *s, void *arg)
{
	struct open *o = arg;

	o->n += came_by(s, o->r) && nhi_session_alive(s) != 0;
	return true;
}

void
nhi_revoke_tell_open(const struct nhi_revocation *r)
{
	struct open o = { r, 0 };
	struct nhi_why why = { "" };

	if (nhi_session_each(NHI_SESSIONS_DIR, count, &o, &why) != NHI_OK)
		(void)fprintf(stderr, "nhictl: note: %s\n", why.text);
	if (o.n > 0)
		(void)fprintf(stderr, "nhictl: note: %u live sessions go on: "
		    "nhictl sessions end\n", o.n);
}
