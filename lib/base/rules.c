/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of an account: what they own, and what is asked of them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/rules.h"

static const char *const alg_names[] = {
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
	"ES256", "ES384", "ES512", "EdDSA",
};
#define ALGS	(sizeof(alg_names) / sizeof(alg_names[0]))

const char *
nhi_alg_name(uint32_t bit)
{
	for (size_t i = 0; i < ALGS; i++)
		if (bit == UINT32_C(1) << i)
			return alg_names[i];
	return NULL;
}

uint32_t
nhi_alg_find(struct nhi_span s)
{
	for (size_t i = 0; i < ALGS; i++)
		if (nhi_span_is(s, alg_names[i]))
			return UINT32_C(1) << i;
	return 0;
}

/* Lists */

enum nhi_err
nhi_list_add(struct nhi_list *l, struct nhi_span s)
{
	char **p, *copy;

	if (l->n >= NHI_RULES_LIST)
		return NHI_ERR_TOO_LARGE;
	if ((copy = malloc(s.n + 1)) == NULL)
		return NHI_ERR_NO_MEMORY;
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	if ((p = realloc(l->p, (l->n + 1) * sizeof(*p))) == NULL) {
		free(copy);
		return NHI_ERR_NO_MEMORY;
	}
	l->p = p;
	l->p[l->n++] = copy;
	return NHI_OK;
}

bool
nhi_list_has(const struct nhi_list *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->p[i], s) == 0)
			return true;
	return false;
}

void
nhi_list_wipe(struct nhi_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->p[i]);
	free(l->p);
	*l = (struct nhi_list){ NULL, 0 };
}

void
nhi_match_wipe(struct nhi_match *m)
{
	nhi_list_wipe(&m->claim);
	nhi_list_wipe(&m->values);
}

void
nhi_issuer_wipe(struct nhi_issuer *i)
{
	free(i->name);
	free(i->preset);
	free(i->url);
	free(i->jwks);
	nhi_list_wipe(&i->audience);
	for (size_t k = 0; k < i->nprovenance; k++)
		nhi_list_wipe(&i->provenance[k]);
	free(i->provenance);
	*i = (struct nhi_issuer){ 0 };
}

void
nhi_identity_wipe(struct nhi_identity *i)
{
	free(i->name);
	free(i->owner);
	free(i->purpose);
	free(i->account);
	free(i->force_command);
	for (size_t k = 0; k < i->nmatches; k++)
		nhi_match_wipe(&i->matches[k]);
	free(i->matches);
	nhi_list_wipe(&i->source);
	nhi_list_wipe(&i->window);
	nhi_list_wipe(&i->sudo);
	*i = (struct nhi_identity){ 0 };
}

void
nhi_rules_free(struct nhi_rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->nissuers; i++)
		nhi_issuer_wipe(&r->issuers[i]);
	for (size_t i = 0; i < r->nidentities; i++)
		nhi_identity_wipe(&r->identities[i]);
	free(r->issuers);
	free(r->identities);
	free(r);
}

void
nhi_rules_freep(struct nhi_rules **r)
{
	nhi_rules_free(*r);
	*r = NULL;
}

bool
nhi_identity_direct(const struct nhi_rules *r, const struct nhi_identity *i)
{
	return i->direct && r->issuers[i->issuer].bind_key;
}

bool
nhi_rules_direct(const struct nhi_rules *r)
{
	for (size_t i = 0; i < r->nidentities; i++)
		if (nhi_identity_direct(r, &r->identities[i]))
			return true;
	return false;
}
