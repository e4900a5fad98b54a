/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/convert.h"
#include "conf/section.h"

struct walk {
	const struct nhi_section *section;
	const char *file;
	void *base;
	struct nhi_faults *faults;
};

static const struct nhi_setting *
find(const struct nhi_section *section, const char *name)
{
	for (size_t i = 0; i < section->n; i++)
		if (strcmp(section->settings[i].name, name) == 0)
			return &section->settings[i];
	return NULL;
}

static struct nhi_place *
place_of(const struct nhi_section *section, const struct nhi_setting *s,
    void *base)
{
	return (struct nhi_place *)base + 1 + (s - section->settings);
}

static void *
member_of(const struct nhi_setting *s, void *base)
{
	return (char *)base + s->offset;
}

/* A new zeroed struct at the end; NULL, and the fault told, if there is none. */
static void *
add_group(struct nhi_groups *g, size_t size, struct nhi_faults *faults)
{
	size_t room = g->room == 0 ? 8 : g->room * 2;
	char *p;

	if (g->n == g->room) {
		if ((p = realloc(g->p, room * size)) == NULL) {
			faults->no_memory = true;
			return NULL;
		}
		g->p = p;
		g->room = room;
	}
	p = (char *)g->p + g->n++ * size;
	memset(p, 0, size);
	return p;
}

static bool
is_group(struct walk *w, const config_setting_t *from, struct nhi_place at,
    const struct nhi_setting *s)
{
	if (config_setting_is_group(from) == CONFIG_TRUE)
		return true;
	nhi_fault(w->faults, at, "%s%s%s: must be a group: { ... }",
	    w->section->path, w->section->path[0] == '\0' ? "" : ".",
	    s->name);
	return false;
}

static void
load_groups(struct walk *w, const struct nhi_setting *s,
    const config_setting_t *from, struct nhi_place at)
{
	const struct nhi_section *inner = nhi_schema_inner(s->type);
	struct nhi_groups *g = member_of(s, w->base);
	int n = config_setting_length(from);
	void *base;

	if (config_setting_is_list(from) != CONFIG_TRUE)
		nhi_fault(w->faults, at, "%s: must be a list of groups: "
		    "( { ... } )", s->name);
	else if (n < s->least || (int64_t)g->n + n > s->most)
		nhi_fault(w->faults, at, "%s: must have %d to %d members",
		    s->name, (int)s->least, (int)s->most);
	else
		for (int i = 0; i < n; i++) {
			const config_setting_t *e =
			    config_setting_get_elem(from, (unsigned int)i);

			at.line = config_setting_source_line(e);
			if (is_group(w, e, at, s) && (base = add_group(g,
			    inner->size, w->faults)) != NULL)
				nhi_section_load(inner, e, at, base,
				    w->faults);
		}
}

/* Set before?  Lists of groups grow; version may stand in every file. */
static bool
is_free(struct walk *w, const struct nhi_setting *s, struct nhi_place at)
{
	const struct nhi_place *old = place_of(w->section, s, w->base);

	if (old->line == 0 || nhi_schema_is_list(s->type) ||
	    strcmp(s->name, "version") == 0)
		return true;
	nhi_fault(w->faults, at, "%s is set in %s, line %u, already", s->name,
	    old->file, old->line);
	return false;
}

static void
load_setting(struct walk *w, const config_setting_t *from)
{
	struct nhi_place at = { w->file, config_setting_source_line(from) };
	const char *name = config_setting_name(from);
	const struct nhi_setting *s = name == NULL ? NULL :
	    find(w->section, name);
	const struct nhi_section *inner;
	struct nhi_convert c = { w->section, s, at, w->faults };

	/* libconfig does not look whether it got memory. */
	if (name == NULL) {
		w->faults->no_memory = true;
		return;
	}
	if (s == NULL) {
		nhi_fault(w->faults, at, "unknown setting \"%.64s\"%s%s",
		    name, w->section->path[0] == '\0' ? "" : " in ",
		    w->section->path);
		return;
	}
	if (!is_free(w, s, at))
		return;
	*place_of(w->section, s, w->base) = at;
	inner = nhi_schema_inner(s->type);
	if (inner == NULL)
		nhi_convert(&c, from, member_of(s, w->base));
	else if (nhi_schema_is_list(s->type))
		load_groups(w, s, from, at);
	else if (is_group(w, from, at, s))
		nhi_section_load(inner, from, at, member_of(s, w->base),
		    w->faults);
}

static void
check_needed(struct walk *w)
{
	struct nhi_place *self = w->base;

	for (size_t i = 0; i < w->section->n; i++) {
		const struct nhi_setting *s = &w->section->settings[i];

		if (s->fallback == NULL || s->fallback[0] != NHI_NEEDED[0] ||
		    place_of(w->section, s, w->base)->line != 0)
			continue;
		nhi_fault(w->faults, *self, "%s: %s is missing (%s)",
		    w->section->path, s->name, s->help);
	}
}

void
nhi_section_load(const struct nhi_section *section,
    const config_setting_t *group, struct nhi_place at, void *base,
    struct nhi_faults *faults)
{
	struct walk w = { section, at.file, base, faults };
	int n = config_setting_length(group);

	*(struct nhi_place *)base = at;
	for (int i = 0; i < n; i++)
		load_setting(&w, config_setting_get_elem(group,
		    (unsigned int)i));
	check_needed(&w);
}

static void
default_inner(const struct nhi_setting *s, void *member,
    struct nhi_faults *faults)
{
	const struct nhi_section *inner = nhi_schema_inner(s->type);
	struct nhi_groups *g = member;

	if (!nhi_schema_is_list(s->type)) {
		nhi_section_defaults(inner, member, faults);
		return;
	}
	for (size_t i = 0; i < g->n; i++)
		nhi_section_defaults(inner, (char *)g->p + i * inner->size,
		    faults);
}

void
nhi_section_defaults(const struct nhi_section *section, void *base,
    struct nhi_faults *faults)
{
	for (size_t i = 0; i < section->n; i++) {
		const struct nhi_setting *s = &section->settings[i];
		struct nhi_convert c = { section, s, { NULL, 0 }, faults };

		if (nhi_schema_inner(s->type) != NULL)
			default_inner(s, member_of(s, base), faults);
		else if (s->fallback != NULL &&
		    s->fallback[0] != NHI_NEEDED[0] &&
		    place_of(section, s, base)->line == 0)
			nhi_convert_default(&c, member_of(s, base));
	}
}
