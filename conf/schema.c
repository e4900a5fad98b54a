/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "conf/schema.h"

#define ROW(section, name, type, lo, hi, def, help)			\
	{ #name, NHI_SET_##type, lo, hi, def, help,			\
	    offsetof(struct nhi_conf_##section, name) },
#define TABLE(section, list, path)					\
	static const struct nhi_setting table_##section[] = { list(ROW) };
NHI_SECTIONS(TABLE)

#define SECTION(section, list, path)					\
	{ path, table_##section,					\
	    sizeof(table_##section) / sizeof(table_##section[0]),	\
	    sizeof(struct nhi_conf_##section) },
const struct nhi_section nhi_sections[] = { NHI_SECTIONS(SECTION) };
const size_t nhi_nsections = sizeof(nhi_sections) / sizeof(nhi_sections[0]);

#define INDEX(section, list, path) SECTION_##section,
enum { NHI_SECTIONS(INDEX) SECTION_COUNT };

const struct nhi_section *
nhi_schema_top(void)
{
	return &nhi_sections[SECTION_top];
}

const struct nhi_section *
nhi_schema_inner(enum nhi_setting_type type)
{
	static const struct {
		enum nhi_setting_type type;
		int section;
	} inner[] = {
		{ NHI_SET_HOST, SECTION_host },
		{ NHI_SET_SSHD, SECTION_sshd },
		{ NHI_SET_ISSUING, SECTION_issuing },
		{ NHI_SET_CERTIFICATE, SECTION_certificate },
		{ NHI_SET_TRUST, SECTION_trust },
		{ NHI_SET_ISSUERS, SECTION_issuer },
		{ NHI_SET_MATCHES, SECTION_match },
		{ NHI_SET_IDENTITIES, SECTION_identity },
		/* End of the inner sections */
	};

	for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]); i++)
		if (inner[i].type == type)
			return &nhi_sections[inner[i].section];
	return NULL;
}

bool
nhi_schema_is_list(enum nhi_setting_type type)
{
	return type >= NHI_SET_TRUST;
}

static void
wipe_groups(const struct nhi_section *inner, struct nhi_groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		nhi_schema_wipe(inner, (char *)g->p + i * inner->size);
	free(g->p);
	*g = (struct nhi_groups){ NULL, 0, 0 };
}

static void
wipe_value(const struct nhi_setting *s, void *member)
{
	if (s->type == NHI_SET_VALUE || s->type == NHI_SET_VALUES)
		nhi_list_wipe(&((struct nhi_conf_values *)member)->list);
	else if (s->type >= NHI_SET_TEXT && s->type <= NHI_SET_CA)
		nhi_free(member);
	else if ((s->type >= NHI_SET_TEXTS && s->type <= NHI_SET_COMMANDS) ||
	    s->type == NHI_SET_CLAIM)
		nhi_list_wipe(member);
}

void
nhi_schema_wipe(const struct nhi_section *section, void *base)
{
	for (size_t i = 0; i < section->n; i++) {
		const struct nhi_setting *s = &section->settings[i];
		const struct nhi_section *inner = nhi_schema_inner(s->type);
		void *member = (char *)base + s->offset;

		if (inner == NULL)
			wipe_value(s, member);
		else if (nhi_schema_is_list(s->type))
			wipe_groups(inner, member);
		else
			nhi_schema_wipe(inner, member);
	}
}
