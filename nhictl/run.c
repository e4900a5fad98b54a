/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/issued.h"
#include "nhictl/run.h"

struct search {
	const char *id;
	struct nhi_run *run;
};

/* Names of runs, also behind a platform's prefix (terraform_run_id). */
static bool
names_run(struct nhi_span name)
{
	static const char *const names[] = {
		"run_id", "pipeline_id", "job_id", "build_number",
		/* End of the names */
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (name.n >= n && memcmp(name.p + name.n - n, names[i],
		    n) == 0 && (name.n == n || name.p[name.n - n - 1] == '_'))
			return true;
	}
	return false;
}

static bool
is_run(const struct nhi_issued *e, const char *id)
{
	struct nhi_span rest = nhi_span_str(e->claims), claim, name;

	/* The ledger has the first 64 characters. */
	if (e->jti[0] != '\0' &&
	    strncmp(e->jti, id, sizeof(e->jti) - 1) == 0)
		return true;
	while (nhi_span_cut(&rest, ';', &claim))
		if (nhi_span_cut(&claim, '=', &name) && claim.p != NULL &&
		    names_run(name) && nhi_span_is(claim, id))
			return true;
	return false;
}

static bool
look(const struct nhi_issued *e, void *arg)
{
	const struct search *s = arg;
	struct nhi_run *run = s->run;

	if (e->mark[0] == '\0' || !is_run(e, s->id))
		return true;
	for (size_t i = 0; i < run->n; i++)
		if (strcmp(run->marks[i], e->mark) == 0)
			return true;
	run->more = run->n == NHI_RUN_MARKS;
	if (!run->more)
		memcpy(run->marks[run->n++], e->mark, sizeof(e->mark));
	return !run->more;
}

enum nhi_err
nhi_run_find(const char *issued, const char *id, struct nhi_run *ret,
    struct nhi_why *why)
{
	struct search s = { .id = id, .run = ret };

	ret->n = 0;
	ret->more = false;
	return nhi_issued_each(issued, look, &s, why);
}
