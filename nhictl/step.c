/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "nhictl/show.h"
#include "nhictl/step.h"

/* One line of JSON; more: a note or a diff, under that name. */
static void
put_json(const char *state, const char *what, const char *name,
    const char *more)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4U << 20);

	nhi_show_string(&b, "kind", "step");
	nhi_show_string(&b, "state", state);
	nhi_show_string(&b, "what", what);
	if (more != NULL)
		nhi_show_string(&b, name, more);
	(void)nhi_show_line(&b);
}

static void
say(const struct nhi_step_walk *w, const char *state, const char *what,
    const char *note)
{
	if (w->out == NULL)
		return;
	if (w->json)
		put_json(state, what, "note", note);
	else
		(void)fprintf(w->out, "%s: %s%s%s\n", state, what,
		    note == NULL ? "" : ": ", note == NULL ? "" : note);
}

static enum nhi_err
make(const struct nhi_step *s, const struct nhi_step_walk *w,
    struct nhi_why *why)
{
	bool done = false;
	enum nhi_err err;

	if ((err = s->apply(s->arg, why)) != NHI_OK ||
	    (err = s->check(s->arg, &done, why)) != NHI_OK)
		return err;
	if (!done)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: changed, but did not stay so", s->what);
	say(w, "changed", s->what, NULL);
	return NHI_OK;
}

/* The description is text; in JSON it is a member. */
static enum nhi_err
tell_json(const struct nhi_step *s, struct nhi_why *why)
{
	enum nhi_err err = NHI_OK;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "%s", s->what);
	if (s->describe != NULL)
		err = s->describe(s->arg, f, why);
	if (fclose(f) != 0 && err == NHI_OK)
		err = nhi_fail(why, NHI_ERR_NO_MEMORY, "%s", s->what);
	if (err == NHI_OK)
		put_json("would change", s->what, "diff", n == 0 ? NULL : text);
	free(text);
	return err;
}

static enum nhi_err
tell(const struct nhi_step *s, const struct nhi_step_walk *w,
    struct nhi_why *why)
{
	if (w->out == NULL)
		return NHI_OK;
	if (w->json)
		return tell_json(s, why);
	say(w, "would change", s->what, NULL);
	return s->describe == NULL ? NHI_OK :
	    s->describe(s->arg, w->out, why);
}

enum nhi_err
nhi_step_walk(const struct nhi_step *s, struct nhi_step_walk *w,
    struct nhi_why *why)
{
	const char *note = "";
	enum nhi_err err;
	bool done;

	for (; s->what != NULL; s++) {
		if (s->here != NULL && !s->here(s->arg, &note)) {
			say(w, "skipped", s->what, note);
			w->skipped++;
			continue;
		}
		done = false;
		if ((err = s->check(s->arg, &done, why)) != NHI_OK)
			return err;
		if (done) {
			w->already++;
			continue;
		}
		err = w->dry_run ? tell(s, w, why) : make(s, w, why);
		if (err != NHI_OK)
			return err;
		w->changed++;
	}
	return NHI_OK;
}
