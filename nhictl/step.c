/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "nhictl/step.h"

static enum nhi_err
make(const struct nhi_step *s, FILE *out, struct nhi_why *why)
{
	bool done = false;
	enum nhi_err err;

	if ((err = s->apply(s->arg, why)) != NHI_OK ||
	    (err = s->check(s->arg, &done, why)) != NHI_OK)
		return err;
	if (!done)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: changed, but did not stay so", s->what);
	(void)fprintf(out, "changed: %s\n", s->what);
	return NHI_OK;
}

static enum nhi_err
tell(const struct nhi_step *s, FILE *out, struct nhi_why *why)
{
	(void)fprintf(out, "would change: %s\n", s->what);
	return s->describe == NULL ? NHI_OK : s->describe(s->arg, out, why);
}

enum nhi_err
nhi_step_walk(const struct nhi_step *s, bool dry_run, FILE *out,
    struct nhi_step_count *count, struct nhi_why *why)
{
	const char *note = "";
	enum nhi_err err;
	bool done;

	for (; s->what != NULL; s++) {
		if (s->here != NULL && !s->here(s->arg, &note)) {
			(void)fprintf(out, "skipped: %s: %s\n", s->what, note);
			count->skipped++;
			continue;
		}
		done = false;
		if ((err = s->check(s->arg, &done, why)) != NHI_OK)
			return err;
		if (done) {
			count->already++;
			continue;
		}
		err = dry_run ? tell(s, out, why) : make(s, out, why);
		if (err != NHI_OK)
			return err;
		count->changed++;
	}
	return NHI_OK;
}
