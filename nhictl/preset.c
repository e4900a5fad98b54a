/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl preset list, preset show: what is known of the platforms. */
#include "config.h"

#include <string.h>

#include "conf/preset_start.h"
#include "conf/shape.h"
#include "nhictl/nhictl.h"
#include "nhictl/show.h"

static void
add_row(const struct nhi_preset *p, struct nhi_table *t)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_PRESET_TEXT);

	nhi_table_add(t, p->name);
	nhi_preset_put_duration(p->max_lifetime, &b);
	nhi_table_add(t, nhi_buf_text(&b));
	nhi_table_add(t, p->job_audience ? "the job" : "not the job");
	nhi_table_add(t, p->jti ? "yes" : "no");
	nhi_table_add(t, p->machine[0] != NULL ? "too" : "no");
	nhi_table_add(t, p->title);
}

static bool
list_text(void)
{
	static const char *const heads[] = { "PRESET", "LIFETIME", "AUDIENCE",
	    "JTI", "PEOPLE", "PLATFORM", NULL };
	NHI_AUTO(nhi_table_wipe) struct nhi_table t = { .heads = heads };
	const struct nhi_preset *p;

	for (size_t i = 0; (p = nhi_preset_each(i)) != NULL; i++)
		add_row(p, &t);
	return nhi_table_print(&t, "no presets");
}

static void
put_strings(const char *name, const char *const list[], size_t n,
    struct nhi_buf *line)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_PRESET_TEXT);

	nhi_preset_put_entries(list, n, ", ", &b);
	nhi_show_string(line, name, nhi_buf_text(&b));
}

static bool
put_json(const struct nhi_preset *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_PRESET_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_PRESET_TEXT);

	nhi_show_string(&line, "preset", p->name);
	nhi_show_string(&line, "platform", p->title);
	nhi_show_string(&line, "url", p->url != NULL ? p->url : "");
	put_strings("urls", p->urls, NHI_PRESET_FEW, &line);
	nhi_preset_put_algs(p->algs_default, &b);
	nhi_show_string(&line, "algorithms", nhi_buf_text(&b));
	nhi_show_number(&line, "max_lifetime", (uint64_t)p->max_lifetime);
	nhi_show_bool(&line, "job_audience", p->job_audience);
	nhi_show_bool(&line, "jti", p->jti);
	nhi_show_bool(&line, "people", p->machine[0] != NULL);
	put_strings("anchors", p->anchors, NHI_PRESET_LIST, &line);
	put_strings("immutable", p->immutable, NHI_PRESET_LIST, &line);
	put_strings("mutable", p->mutable, NHI_PRESET_LIST, &line);
	put_strings("provenance", p->provenance, NHI_PRESET_LIST, &line);
	nhi_show_string(&line, "token", p->obtain);
	return nhi_show_line(&line);
}

int
nhi_verb_preset_list(int argc, char **argv)
{
	const struct nhi_preset *p;
	bool good = true, json = false;

	if (!nhi_ctl_json(argc, argv, &json))
		return nhi_ctl_usage("preset list");
	if (!json)
		return nhi_ctl_done(list_text());
	for (size_t i = 0; good && (p = nhi_preset_each(i)) != NULL; i++)
		good = put_json(p);
	return nhi_ctl_done(good);
}

int
nhi_verb_preset_show(int argc, char **argv)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_PRESET_TEXT);
	const struct nhi_preset *p;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (argc != 2 || argv[1][0] == '-')
		return nhi_ctl_usage("preset show");
	if ((p = nhi_preset_find(argv[1])) == NULL) {
		(void)fprintf(stderr, "nhictl: there is no such preset; see "
		    "nhictl preset list\n");
		return NHI_CTL_NO;
	}
	nhi_preset_describe(p, &b);
	nhi_buf_char(&b, '\n');
	nhi_preset_start(p, &b);
	if ((err = nhi_buf_check(&b, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	return nhi_ctl_done(fputs(nhi_buf_text(&b), stdout) >= 0 &&
	    fflush(stdout) == 0);
}
