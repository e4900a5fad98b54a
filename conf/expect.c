/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/expect.h"
#include "conf/load.h"
#include "conf/scan.h"

struct reader {
	struct nhi_expects *to;
	struct nhi_faults *faults;
	struct nhi_place at;
};

#define FAULT(r, ...)	nhi_fault((r)->faults, (r)->at, __VA_ARGS__)

void
nhi_expect_wipe(struct nhi_expects *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->p[i].name);
		free(e->p[i].account);
		free(e->p[i].source);
		free(e->p[i].at);
		free(e->p[i].identity);
		nhi_buf_wipe(&e->p[i].bytes);
	}
	free(e->p);
	free(e->file);
	*e = (struct nhi_expects){ NULL, NULL, 0 };
}

static void
destroy(config_t *c)
{
	config_destroy(c);
}

/* Claims that are written in the file: the administrator's own, as JSON */

static void
put_string(const char *s, struct nhi_buf *b)
{
	nhi_buf_char(b, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			nhi_buf_printf(b, "\\%c", c);
		else if (c < ' ')
			nhi_buf_printf(b, "\\u%04x", c);
		else
			nhi_buf_char(b, *s);
	}
	nhi_buf_char(b, '"');
}

static void
put_scalar(const struct reader *r, const config_setting_t *s,
    struct nhi_buf *b)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		if (config_setting_get_string(s) == NULL)
			r->faults->no_memory = true;
		else
			put_string(config_setting_get_string(s), b);
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		nhi_buf_printf(b, "%lld", config_setting_get_int64(s));
		break;
	case CONFIG_TYPE_BOOL:
		nhi_buf_str(b, config_setting_get_bool(s) ? "true" : "false");
		break;
	default:
		FAULT(r, "a claim that is no string, number or boolean");
		break;
	}
}

/* The scan has limited the depth. */
static void
put_json(const struct reader *r, const config_setting_t *s,
    struct nhi_buf *b)
{
	bool group = config_setting_is_group(s);

	if (!config_setting_is_aggregate(s)) {
		put_scalar(r, s, b);
		return;
	}
	nhi_buf_char(b, group ? '{' : '[');
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *m = config_setting_get_elem(s,
		    (unsigned int)i);

		nhi_buf_str(b, i == 0 ? "" : ",");
		if (group && config_setting_name(m) == NULL) {
			r->faults->no_memory = true;
		} else if (group) {
			put_string(config_setting_name(m), b);
			nhi_buf_char(b, ':');
		}
		put_json(r, m, b);
	}
	nhi_buf_char(b, group ? '}' : ']');
}

/* A file beside the expectations; nothing of it is parsed here. */
static void
read_file(const struct reader *r, const char *name, struct nhi_buf *b)
{
	const char *slash = strrchr(r->to->file, '/');
	struct nhi_why why = { "" };
	char path[4096];
	int n = slash == NULL || name[0] == '/' ? 0 :
	    (int)(slash + 1 - r->to->file);

	if (snprintf(path, sizeof(path), "%.*s%s", n, r->to->file, name) >=
	    (int)sizeof(path))
		FAULT(r, "the path is too long");
	else if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, b,
	    &why) != NHI_OK)
		FAULT(r, "%s", why.text);
	else if (b->n > 0 && b->p[b->n - 1] == '\n')
		b->p[--b->n] = '\0';
}

static void
set_bytes(const struct reader *r, const config_setting_t *s,
    struct nhi_expect *e, bool claims)
{
	const char *text = config_setting_get_string(s);

	if (e->bytes.n > 0) {
		FAULT(r, "either claims or a token, and once");
		return;
	}
	e->claims = claims;
	if (claims && config_setting_is_group(s))
		put_json(r, s, &e->bytes);
	else if (text == NULL)
		FAULT(r, "%s", claims ? "claims must be a group, JSON in a "
		    "string or the path of a file" :
		    "token must be the path of a file");
	else if (claims && text[strspn(text, " \t\n")] == '{')
		nhi_buf_str(&e->bytes, text);
	else
		read_file(r, text, &e->bytes);
	if (e->bytes.err != NHI_OK)
		FAULT(r, "over %u bytes", NHI_EXPECT_BYTES);
}

static void
set_text(const struct reader *r, const config_setting_t *s, char **ret)
{
	const char *text = config_setting_get_string(s);
	char number[24];

	if (config_setting_is_number(s) &&
	    strcmp(config_setting_name(s), "at") == 0) {
		(void)snprintf(number, sizeof(number), "@%lld",
		    config_setting_get_int64(s));
		text = number;
	}
	if (text == NULL || text[0] == '\0')
		FAULT(r, "%s must be a string", config_setting_name(s));
	else if ((*ret = strdup(text)) == NULL)
		r->faults->no_memory = true;
}

static void
set_expect(const struct reader *r, const config_setting_t *s,
    struct nhi_expect *e)
{
	const char *text = config_setting_get_string(s);

	if (text != NULL && strcmp(text, "allow") == 0)
		e->expect = NHI_OK;
	else if (text == NULL || strcmp(text, "ok") == 0 ||
	    (e->expect = nhi_err_find(text)) == NHI_ERR_COUNT)
		FAULT(r, "expect must be \"allow\" or a reason code such as "
		    "\"no-match\"");
}

static void
set_member(struct reader *r, const config_setting_t *s, struct nhi_expect *e)
{
	const char *name = config_setting_name(s);
	struct {
		const char *name;
		char **member;
	} texts[] = { { "name", &e->name }, { "account", &e->account },
	    { "source", &e->source }, { "at", &e->at },
	    { "identity", &e->identity } };

	r->at.line = config_setting_source_line(s);
	/* libconfig does not look whether it got memory. */
	if (name == NULL) {
		r->faults->no_memory = true;
		return;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(name, texts[i].name) == 0) {
			set_text(r, s, texts[i].member);
			return;
		}
	if (strcmp(name, "expect") == 0)
		set_expect(r, s, e);
	else if (strcmp(name, "claims") == 0 || strcmp(name, "token") == 0)
		set_bytes(r, s, e, name[0] == 'c');
	else
		FAULT(r, "\"%.40s\" is not known here", name);
}

static void
read_case(struct reader *r, const config_setting_t *s, struct nhi_expect *e)
{
	size_t before = r->faults->errors;

	e->line = r->at.line = config_setting_source_line(s);
	e->bytes = (struct nhi_buf)NHI_BUF(NHI_EXPECT_BYTES);
	e->expect = NHI_ERR_COUNT;
	if (!config_setting_is_group(s)) {
		FAULT(r, "a test must be a group: { ... }");
		return;
	}
	for (int i = 0; i < config_setting_length(s); i++)
		set_member(r, config_setting_get_elem(s, (unsigned int)i), e);
	r->at.line = e->line;
	if (r->faults->errors > before)
		return;
	if (e->account == NULL || e->expect == NHI_ERR_COUNT ||
	    e->bytes.n == 0)
		FAULT(r, "a test needs account, expect, and claims or token");
	else if (e->identity != NULL && e->expect != NHI_OK)
		FAULT(r, "identity is for those that are allowed");
}

static void
read_list(struct reader *r, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root,
	    "tests");
	int n = list == NULL ? 0 : config_setting_length(list);

	if (list == NULL || !config_setting_is_list(list) || n == 0 ||
	    n > NHI_EXPECT_CASES || config_setting_length(root) != 1) {
		FAULT(r, "there must be one list, tests = ( { ... } );");
		return;
	}
	if ((r->to->p = calloc((size_t)n, sizeof(*r->to->p))) == NULL) {
		r->faults->no_memory = true;
		return;
	}
	r->to->n = (size_t)n;
	for (int i = 0; i < n; i++)
		read_case(r, config_setting_get_elem(list, (unsigned int)i),
		    &r->to->p[i]);
}

enum nhi_err
nhi_expect_load(const char *file, struct nhi_faults *faults,
    struct nhi_expects *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_LOAD_FILE);
	NHI_AUTO(nhi_expect_wipe) struct nhi_expects e = { strdup(file), NULL,
	    0 };
	NHI_AUTO(destroy) config_t tree = { 0 };
	struct reader r = { &e, faults, { e.file, 1 } };
	enum nhi_err err;

	config_init(&tree);
	if (e.file == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "tests");
	if (nhi_file_read(AT_FDCWD, file, NHI_FILE_NAMED, &text, why) != NHI_OK)
		return NHI_ERR_POLICY_UNREADABLE;
	if (nhi_scan(nhi_buf_all(&text), e.file, faults)) {
		if (config_read_string(&tree, nhi_buf_text(&text)) ==
		    CONFIG_TRUE) {
			read_list(&r, config_root_setting(&tree));
		} else {
			r.at.line = (unsigned int)config_error_line(&tree);
			FAULT(&r, "%s", config_error_text(&tree));
		}
	}
	nhi_faults_sort(faults);
	if ((err = nhi_faults_check(faults, why)) != NHI_OK)
		return err;
	*ret = e;
	e = (struct nhi_expects){ NULL, NULL, 0 };
	return NHI_OK;
}
