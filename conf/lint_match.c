/* SPDX-License-Identifier: BSD-2-Clause */
/* Do the matches of an identity hold a token that nobody else can get? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/lint.h"
#include "conf/match_make.h"

/* The path for people: a/b/c */
static void
put_claim(const struct nhi_list *claim, struct nhi_buf *b)
{
	for (size_t i = 0; i < claim->n; i++) {
		nhi_buf_str(b, i == 0 ? "" : "/");
		nhi_buf_str(b, claim->p[i]);
	}
}

static bool
known(const struct nhi_preset *p, const struct nhi_list *claim)
{
	return nhi_preset_has(p->anchors, claim) ||
	    nhi_preset_has(p->immutable, claim) ||
	    nhi_preset_has(p->mutable, claim);
}

static void
lint_claim(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_conf_match *m)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf name = NHI_BUF(1024);
	const struct nhi_conf_values *v = m->is.list.n > 0 ? &m->is : &m->in;

	put_claim(&m->claim, &name);
	if (e->preset->any_anchor)
		return;
	if (!known(e->preset, &m->claim))
		nhi_fault_warn(l->faults, NHI_LINT_AT(match, m, claim),
		    "identity \"%s\": tokens of preset %s are not known to "
		    "have a claim \"%.200s\"", e->from->name,
		    e->preset->name, nhi_buf_text(&name));
	else if (v->list.n > 0 && v->type != NHI_TYPE_STRING)
		nhi_fault(l->faults, m->at[0],
		    "identity \"%s\": \"%.200s\" is a string in tokens of "
		    "preset %s and never equals a number or boolean: write it "
		    "in quotes", e->from->name, nhi_buf_text(&name),
		    e->preset->name);
}

static bool
lint_form(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_conf_match *m)
{
	unsigned int n = 0;

	for (size_t i = NHI_AT(match, is); i <= NHI_AT(match, glob); i++)
		n += m->at[i].line != 0 ? 1 : 0;
	if (n == 1)
		return m->claim.n > 0;
	nhi_fault(l->faults, m->at[0], "identity \"%s\": a match needs "
	    "exactly one of is, in, prefix, glob", e->from->name);
	return false;
}

static bool
is_sub(const struct nhi_list *claim)
{
	return claim->n == 1 && strcmp(claim->p[0], "sub") == 0;
}

static void
lint_one(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_conf_match *m)
{
	if (!lint_form(l, e, m))
		return;
	if (is_sub(&m->claim) && (m->glob != NULL || m->prefix != NULL) &&
	    !e->from->allow_mutable)
		nhi_fault(l->faults, m->at[0], "identity \"%s\": a pattern on "
		    "sub, whose form the platform may change; match the "
		    "claims themselves, or set allow_mutable",
		    e->from->name);
	if (e->preset != NULL)
		lint_claim(l, e, m);
}

static void
put_anchors(const struct nhi_preset *p, struct nhi_buf *b)
{
	for (size_t i = 0; i < NHI_PRESET_LIST && p->anchors[i] != NULL; i++) {
		nhi_buf_str(b, i == 0 ? "" : " or ");
		for (const char *s = p->anchors[i]; *s != '\0'; s++) {
			if (*s == '&')
				nhi_buf_str(b, " with ");
			else
				nhi_buf_char(b, *s == '\n' ? '/' : *s);
		}
	}
	if (p->any_anchor)
		nhi_buf_str(b, "any claim");
}

/* At least one claim that is never another customer's, by is or in. */
static void
lint_anchor(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf anchors = NHI_BUF(4096);
	struct nhi_match *m;
	bool anchored;

	if (e->preset == NULL || e->from->allow_mutable ||
	    e->from->match.n == 0)
		return;
	if ((m = nhi_match_borrow(&e->from->match)) == NULL) {
		l->faults->no_memory = true;
		return;
	}
	anchored = nhi_preset_anchored(e->preset, m, e->from->match.n);
	free(m);
	if (anchored)
		return;
	put_anchors(e->preset, &anchors);
	nhi_fault(l->faults, NHI_LINT_AT(identity, e->from, match),
	    "identity \"%s\" matches only what others can come to have; "
	    "match %s by is or in, or set allow_mutable", e->from->name,
	    nhi_buf_text(&anchors));
}

void
nhi_lint_matches(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	const struct nhi_conf_match *m = e->from->match.p;

	for (size_t i = 0; i < e->from->match.n; i++)
		lint_one(l, e, &m[i]);
	lint_anchor(l, e);
}
