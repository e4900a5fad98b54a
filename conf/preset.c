/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/preset_row.h"
#include "conf/shape.h"

static const struct nhi_preset *const presets[] = {
	&nhi_preset_github,
	&nhi_preset_gitlab,
	&nhi_preset_kubernetes,
	&nhi_preset_spiffe,
	&nhi_preset_gcp,
	&nhi_preset_azure,
	&nhi_preset_aws,
	&nhi_preset_circleci,
	&nhi_preset_buildkite,
	&nhi_preset_bitbucket,
	&nhi_preset_terraform,
	&nhi_preset_forgejo,
	&nhi_preset_vault,
	&nhi_preset_jenkins,
	&nhi_preset_custom,
	/* End of the presets */
};
#define PRESETS	(sizeof(presets) / sizeof(presets[0]))

const struct nhi_preset *
nhi_preset_each(size_t i)
{
	return i < PRESETS ? presets[i] : NULL;
}

const struct nhi_preset *
nhi_preset_find(const char *name)
{
	for (size_t i = 0; i < PRESETS; i++)
		if (strcmp(presets[i]->name, name) == 0)
			return presets[i];
	return NULL;
}

static bool
is_claim(struct nhi_span text, const struct nhi_list *claim)
{
	struct nhi_span part;
	size_t i = 0;

	while (nhi_span_cut(&text, '\n', &part)) {
		if (i >= claim->n || (!nhi_span_is(part, "*") &&
		    !nhi_span_is(part, claim->p[i])))
			return false;
		i++;
	}
	return i == claim->n;
}

bool
nhi_preset_is(const char *text, const struct nhi_list *claim)
{
	return is_claim(nhi_span_str(text), claim);
}

bool
nhi_preset_has(const char *const list[], size_t n,
    const struct nhi_list *claim)
{
	for (size_t i = 0; i < n && list[i] != NULL; i++)
		if (nhi_preset_is(list[i], claim))
			return true;
	return false;
}

bool
nhi_preset_knows(const struct nhi_preset *p, const struct nhi_list *claim)
{
	if (nhi_preset_has(p->immutable, NHI_PRESET_LIST, claim) ||
	    nhi_preset_has(p->mutable, NHI_PRESET_LIST, claim))
		return true;
	for (size_t i = 0; i < NHI_PRESET_LIST && p->anchors[i] != NULL; i++) {
		struct nhi_span rest = nhi_span_str(p->anchors[i]), part;

		while (nhi_span_cut(&rest, '&', &part))
			if (is_claim(part, claim))
				return true;
	}
	return false;
}

enum nhi_type
nhi_preset_type(const struct nhi_preset *p, const struct nhi_list *claim)
{
	if (nhi_preset_has(p->integers, NHI_PRESET_FEW, claim))
		return NHI_TYPE_INTEGER;
	if (nhi_preset_has(p->booleans, NHI_PRESET_FEW, claim))
		return NHI_TYPE_BOOLEAN;
	return NHI_TYPE_STRING;
}

static bool
exactly(const struct nhi_match *m)
{
	return m->op == NHI_OP_IS || m->op == NHI_OP_IN;
}

static bool
matched(struct nhi_span text, const struct nhi_match *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (exactly(&m[i]) && is_claim(text, &m[i].claim))
			return true;
	return false;
}

static bool
all_matched(const char *text, const struct nhi_match *m, size_t n)
{
	struct nhi_span rest = nhi_span_str(text), part;

	while (nhi_span_cut(&rest, '&', &part))
		if (!matched(part, m, n))
			return false;
	return true;
}

bool
nhi_preset_anchored(const struct nhi_preset *p, const struct nhi_match *m,
    size_t n)
{
	for (size_t i = 0; p->any_anchor && i < n; i++)
		if (exactly(&m[i]))
			return true;
	for (size_t i = 0; i < NHI_PRESET_LIST && p->anchors[i] != NULL; i++)
		if (all_matched(p->anchors[i], m, n))
			return true;
	return false;
}

/*
 * All values of the match are of the shape; so is whatever a glob lets
 * through if its own text is, as the shape's literals are literal in it.
 */
static bool
is_shaped(struct nhi_span claim, const char *shape, const struct nhi_match *m)
{
	if (!is_claim(claim, &m->claim) || m->op == NHI_OP_PREFIX ||
	    m->values.n == 0)
		return false;
	for (size_t i = 0; i < m->values.n; i++)
		if (!nhi_shape_fits(shape, nhi_span_str(m->values.p[i])))
			return false;
	return true;
}

/* "claim=shape" */
static bool
has_shaped(struct nhi_span entry, const struct nhi_match *m, size_t n)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf shape = NHI_BUF(1024);
	struct nhi_span claim;

	if (!nhi_span_cut(&entry, '=', &claim) || entry.p == NULL)
		return false;
	nhi_buf_span(&shape, entry);
	for (size_t i = 0; i < n; i++)
		if (is_shaped(claim, nhi_buf_text(&shape), &m[i]))
			return true;
	return false;
}

bool
nhi_preset_machine(const struct nhi_preset *p, const struct nhi_match *m,
    size_t n)
{
	if (p->machine[0] == NULL)
		return true;
	for (size_t i = 0; i < NHI_PRESET_LIST && p->machine[i] != NULL; i++) {
		struct nhi_span rest = nhi_span_str(p->machine[i]), part;
		bool all = true;

		while (nhi_span_cut(&rest, '&', &part))
			all = has_shaped(part, m, n) && all;
		if (all)
			return true;
	}
	return false;
}

static enum nhi_err
put_path(const char *text, struct nhi_list *ret)
{
	struct nhi_span rest = nhi_span_str(text), part;
	enum nhi_err err = NHI_OK;

	while (err == NHI_OK && nhi_span_cut(&rest, '\n', &part))
		err = nhi_list_add(ret, part);
	return err;
}

enum nhi_err
nhi_preset_provenance(const struct nhi_preset *p, struct nhi_issuer *issuer)
{
	enum nhi_err err = NHI_OK;

	issuer->provenance = calloc(NHI_PRESET_LIST, sizeof(struct nhi_list));
	if (issuer->provenance == NULL)
		return NHI_ERR_NO_MEMORY;
	for (size_t i = 0; err == NHI_OK && i < NHI_PRESET_LIST &&
	    p->provenance[i] != NULL; i++)
		err = put_path(p->provenance[i],
		    &issuer->provenance[issuer->nprovenance++]);
	return err;
}
