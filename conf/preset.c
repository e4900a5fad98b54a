/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/preset.h"

#define MINUTE	60
#define HOUR	(60 * MINUTE)

#define ALG_ES	(NHI_ALG_ES256 | NHI_ALG_ES384 | NHI_ALG_ES512)
#define ALG_RS	(NHI_ALG_RS256 | NHI_ALG_RS384 | NHI_ALG_RS512)

#define K8S	"kubernetes.io\n"

static const struct nhi_preset presets[] = {
	{
		/* Tokens live 5 minutes, some 10. */
		.name = "github",
		.url = "https://token.actions.githubusercontent.com",
		.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
		.max_lifetime = 15 * MINUTE,
		.job_audience = true, .need_iss = true, .need_iat = true,
		.anchors = { "repository_id", "repository_owner_id",
		    "enterprise_id" },
		.immutable = { "actor_id", "environment_node_id", "sha",
		    "workflow_sha", "job_workflow_sha", "run_id",
		    "check_run_id" },
		.mutable = { "sub", "repository", "repository_owner",
		    "enterprise", "ref", "ref_type", "ref_protected",
		    "environment", "workflow", "workflow_ref",
		    "job_workflow_ref", "actor", "head_ref", "base_ref",
		    "event_name", "runner_environment",
		    "repository_visibility", "run_number", "run_attempt" },
		.provenance = { "repository", "repository_id", "ref", "sha",
		    "run_id", "run_attempt", "actor", "actor_id",
		    "event_name", "environment", "job_workflow_ref",
		    "runner_environment" },
	},
	{
		/* Legacy mounted tokens live a year: over the limit. */
		.name = "kubernetes",
		.algs = ALG_RS | ALG_ES,
		.algs_default = NHI_ALG_RS256 | ALG_ES,
		.max_lifetime = 24 * HOUR,
		.job_audience = true, .need_iss = true, .need_iat = true,
		.anchors = { K8S "serviceaccount\nuid",
		    K8S "namespace&" K8S "serviceaccount\nname", "sub" },
		.immutable = { K8S "pod\nuid", K8S "node\nuid" },
		.mutable = { K8S "namespace", K8S "serviceaccount\nname",
		    K8S "pod\nname", K8S "node\nname" },
		.provenance = { K8S "namespace", K8S "serviceaccount\nname",
		    K8S "serviceaccount\nuid", K8S "pod\nname",
		    K8S "pod\nuid", K8S "node\nname" },
	},
	{
		.name = "custom",
		.algs = NHI_ALG_ALL, .algs_default = NHI_ALG_ALL,
		.max_lifetime = 24 * HOUR,
		.job_audience = true, .need_iss = true, .need_iat = true,
		.any_anchor = true,
		.provenance = { "sub", "azp", "client_id" },
	},
	/* End of the presets */
};
#define PRESETS	(sizeof(presets) / sizeof(presets[0]))

const struct nhi_preset *
nhi_preset_each(size_t i)
{
	return i < PRESETS ? &presets[i] : NULL;
}

const struct nhi_preset *
nhi_preset_find(const char *name)
{
	for (size_t i = 0; i < PRESETS; i++)
		if (strcmp(presets[i].name, name) == 0)
			return &presets[i];
	return NULL;
}

static bool
is_claim(struct nhi_span text, const struct nhi_list *claim)
{
	struct nhi_span part;
	size_t i = 0;

	while (nhi_span_cut(&text, '\n', &part)) {
		if (i >= claim->n || !nhi_span_is(part, claim->p[i]))
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
nhi_preset_has(const char *const list[], const struct nhi_list *claim)
{
	for (size_t i = 0; i < NHI_PRESET_LIST && list[i] != NULL; i++)
		if (nhi_preset_is(list[i], claim))
			return true;
	return false;
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
