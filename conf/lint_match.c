/* SPDX-License-Identifier: BSD-2-Clause */
/* Do the matches of an identity hold a token that nobody else can get? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/lint.h"
#include "conf/match_make.h"
#include "conf/preset_start.h"

/* The path for people: a/b/c */
static void
put_claim(const struct nhi_list *claim, struct nhi_buf *b)
{
	for (size_t i = 0; i < claim->n; i++) {
		nhi_buf_str(b, i == 0 ? "" : "/");
		nhi_buf_str(b, claim->p[i]);
	}
}

static const char *
type_name(enum nhi_type type)
{
	switch (type) {
	case NHI_TYPE_STRING:
		return "a string";
	case NHI_TYPE_INTEGER:
		return "a number";
	case NHI_TYPE_BOOLEAN:
		break;
	}
	return "true or false";
}

/* What the values are of; a pattern is of strings. */
static enum nhi_type
type_of(const struct nhi_conf_match *m)
{
	return m->is.list.n > 0 ? m->is.type : m->in.list.n > 0 ?
	    m->in.type : NHI_TYPE_STRING;
}

static void
lint_type(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_conf_match *m, const char *name)
{
	enum nhi_type type = nhi_preset_type(e->preset, &m->claim);

	if (nhi_preset_has(e->preset->lists, NHI_PRESET_FEW, &m->claim))
		nhi_fault(l->faults, m->at[0], "identity \"%s\": \"%.200s\" "
		    "is a list in tokens of preset %s and never matches",
		    e->from->name, name, e->preset->name);
	else if (type == NHI_TYPE_STRING && type_of(m) != type)
		nhi_fault(l->faults, m->at[0],
		    "identity \"%s\": \"%.200s\" is a string in tokens of "
		    "preset %s and never equals a number or boolean: write it "
		    "in quotes", e->from->name, name, e->preset->name);
	else if (type_of(m) != type)
		nhi_fault(l->faults, m->at[0],
		    "identity \"%s\": \"%.200s\" is %s in tokens of preset "
		    "%s and never equals %s: write it without quotes",
		    e->from->name, name, type_name(type), e->preset->name,
		    type_name(type_of(m)));
}

/* RFC 7519 4.1: every platform's tokens may have these. */
static bool
is_registered(const struct nhi_list *claim)
{
	static const char *const names[] = { "iss", "sub", "aud", "exp", "nbf",
		"iat", "jti" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (claim->n == 1 && strcmp(claim->p[0], names[i]) == 0)
			return true;
	return false;
}

static void
lint_claim(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_conf_match *m)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf name = NHI_BUF(1024);
	bool known = nhi_preset_knows(e->preset, &m->claim);

	put_claim(&m->claim, &name);
	if (e->preset->any_anchor || (!known && is_registered(&m->claim)))
		return;
	if (!known)
		nhi_fault_warn(l->faults, NHI_LINT_AT(match, m, claim),
		    "identity \"%s\": tokens of preset %s are not known to "
		    "have a claim \"%.200s\"", e->from->name,
		    e->preset->name, nhi_buf_text(&name));
	else
		lint_type(l, e, m, nhi_buf_text(&name));
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
	nhi_preset_put_entries(p->anchors, NHI_PRESET_LIST, " or ", b);
	if (p->any_anchor)
		nhi_buf_str(b, "any claim");
}

/* At least one claim that is never another customer's, by is or in. */
static void
lint_anchor(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_match *m)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf anchors = NHI_BUF(4096);

	if (e->from->allow_mutable ||
	    nhi_preset_anchored(e->preset, m, e->from->match.n))
		return;
	put_anchors(e->preset, &anchors);
	nhi_fault(l->faults, NHI_LINT_AT(identity, e->from, match),
	    "identity \"%s\" matches only what others can come to have; "
	    "match %s by is or in, or set allow_mutable", e->from->name,
	    nhi_buf_text(&anchors));
}

/* Where the issuer signs people in too.  No setting waives this. */
static void
lint_machine(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_match *m)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf machine = NHI_BUF(4096);

	if (nhi_preset_machine(e->preset, m, e->from->match.n))
		return;
	nhi_preset_put_entries(e->preset->machine, NHI_PRESET_LIST, " or ",
	    &machine);
	nhi_fault(l->faults, NHI_LINT_AT(identity, e->from, match),
	    "identity \"%s\": issuers of preset %s also sign tokens with a "
	    "person behind them; match %s", e->from->name, e->preset->name,
	    nhi_buf_text(&machine));
}

/* Two that want one claim to be two things: no token is ever both. */
static void
lint_exclusive(const struct nhi_lint *l, const struct nhi_lint_identity *e,
    const struct nhi_match *m)
{
	const struct nhi_conf_match *from = e->from->match.p;

	for (size_t i = 1; i < e->from->match.n; i++)
		for (size_t k = 0; k < i; k++) {
			NHI_AUTO(nhi_buf_wipe) struct nhi_buf name =
			    NHI_BUF(1024);

			if (!nhi_match_disjoint(&m[i], &m[k]))
				continue;
			put_claim(&from[i].claim, &name);
			nhi_fault(l->faults, from[i].at[0], "identity \"%s\": "
			    "all of its matches must hold, and \"%.200s\" "
			    "cannot be what this one and that of line %u "
			    "want; to allow several values use in",
			    e->from->name, nhi_buf_text(&name),
			    from[k].at[0].line);
			break;
		}
}

/* A match without a value has a fault of its own already. */
static bool
all_set(const struct nhi_match *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].values.n == 0)
			return false;
	return true;
}

static void
lint_whole(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	struct nhi_match *m;

	if (e->preset == NULL || e->from->match.n == 0)
		return;
	if ((m = nhi_match_borrow(&e->from->match)) == NULL) {
		l->faults->no_memory = true;
		return;
	}
	if (all_set(m, e->from->match.n)) {
		lint_anchor(l, e, m);
		lint_machine(l, e, m);
		lint_exclusive(l, e, m);
	}
	free(m);
}

void
nhi_lint_matches(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	const struct nhi_conf_match *m = e->from->match.p;

	for (size_t i = 0; i < e->from->match.n; i++)
		lint_one(l, e, &m[i]);
	lint_whole(l, e);
}
