/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "conf/preset_start.h"
#include "conf/shape.h"

#define COLUMNS	78
#define LABEL	14	/* column of the text beside a label */
#define ENTRIES	8192

void
nhi_preset_put_entries(const char *const list[], size_t n,
    const char *between, struct nhi_buf *b)
{
	for (size_t i = 0; i < n && list[i] != NULL; i++) {
		NHI_AUTO(nhi_buf_wipe) struct nhi_buf entry = NHI_BUF(1024);

		nhi_buf_str(b, i == 0 ? "" : between);
		nhi_shape_put(list[i], &entry);
		for (const char *s = nhi_buf_text(&entry); *s != '\0'; s++) {
			if (*s == '&')
				nhi_buf_str(b, " with ");
			else if (*s == '=')
				nhi_buf_str(b, " = ");
			else
				nhi_buf_char(b, *s == '\n' ? '/' : *s);
		}
	}
}

void
nhi_preset_put_algs(uint32_t algs, struct nhi_buf *b)
{
	const char *between = "";

	for (uint32_t bit = 1; bit < NHI_ALG_ALL; bit <<= 1)
		if ((algs & bit) != 0) {
			nhi_buf_printf(b, "%s%s", between, nhi_alg_name(bit));
			between = " ";
		}
}

void
nhi_preset_put_duration(int64_t s, struct nhi_buf *b)
{
	if (s % (60 * 60) == 0)
		nhi_buf_printf(b, "%" PRId64 "h", s / (60 * 60));
	else if (s % 60 == 0)
		nhi_buf_printf(b, "%" PRId64 "m", s / 60);
	else
		nhi_buf_printf(b, "%" PRId64 "s", s);
}

/* "# label      words, words\n#            and more words\n" */
static void
put_comment(const char *label, const char *text, struct nhi_buf *b)
{
	struct nhi_span rest = nhi_span_str(text), word;
	size_t column = LABEL;

	nhi_buf_printf(b, "# %-*s", LABEL - 2, label);
	while (nhi_span_cut(&rest, ' ', &word)) {
		if (column > LABEL && column + 1 + word.n > COLUMNS) {
			nhi_buf_printf(b, "\n# %-*s", LABEL - 2, "");
			column = LABEL;
		} else if (column > LABEL) {
			nhi_buf_char(b, ' ');
			column++;
		}
		nhi_buf_span(b, word);
		column += word.n;
	}
	nhi_buf_char(b, '\n');
}

static void
put_list(const char *label, const char *const list[], size_t n,
    const char *between, struct nhi_buf *b)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ENTRIES);

	if (list[0] == NULL)
		return;
	nhi_preset_put_entries(list, n, between, &text);
	put_comment(label, nhi_buf_text(&text), b);
}

static void
put_signing(const struct nhi_preset *p, struct nhi_buf *b)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(ENTRIES);

	nhi_preset_put_algs(p->algs_default, &text);
	if (p->algs != p->algs_default) {
		nhi_buf_str(&text, "; if you say so also ");
		nhi_preset_put_algs(p->algs & ~p->algs_default, &text);
	}
	put_comment("algorithms", nhi_buf_text(&text), b);
	nhi_buf_wipe(&text);
	put_comment("kid", p->kid, b);
	nhi_preset_put_duration(p->max_lifetime, &text);
	nhi_buf_str(&text, " at most");
	put_comment("lifetime", nhi_buf_text(&text), b);
	put_comment("jti", p->jti ? "yes" : "no", b);
	if (!p->need_iss)
		put_comment("iss", "need not be there", b);
	if (!p->need_iat)
		put_comment("iat", "need not be there", b);
}

static void
put_claims(const struct nhi_preset *p, struct nhi_buf *b)
{
	put_list("anchors", p->anchors, NHI_PRESET_LIST, " or ", b);
	if (p->any_anchor)
		put_comment("anchors", "any claim", b);
	put_list("never moves", p->immutable, NHI_PRESET_LIST, ", ", b);
	put_list("may move", p->mutable, NHI_PRESET_LIST, ", ", b);
	put_list("numbers", p->integers, NHI_PRESET_FEW, ", ", b);
	put_list("true, false", p->booleans, NHI_PRESET_FEW, ", ", b);
	put_list("lists", p->lists, NHI_PRESET_FEW, ", ", b);
	put_list("no person", p->machine, NHI_PRESET_LIST, " or ", b);
	put_list("audited", p->provenance, NHI_PRESET_LIST, ", ", b);
}

void
nhi_preset_describe(const struct nhi_preset *p, struct nhi_buf *b)
{
	nhi_buf_printf(b, "# Preset %s: %s.\n#\n", p->name, p->title);
	put_list("url", p->urls, NHI_PRESET_FEW, " or ", b);
	put_signing(p, b);
	put_comment("audience", p->audience, b);
	put_list("never", p->foreign, NHI_PRESET_FEW, ", ", b);
	put_claims(p, b);
	put_comment("token", p->obtain, b);
	for (size_t i = 0; i < NHI_PRESET_FEW && p->quirks[i] != NULL; i++)
		put_comment(i == 0 ? "notes" : "", p->quirks[i], b);
}

static void
put_url(const struct nhi_preset *p, struct nhi_buf *b)
{
	nhi_buf_str(b, p->url == NULL ? "\turl = \"" : "\t# url = \"");
	nhi_shape_blank(p->url == NULL ? p->urls[0] : p->url, b);
	nhi_buf_str(b, "\";\n");
}

static void
put_match(const struct nhi_preset_match *m, struct nhi_buf *b)
{
	struct nhi_span rest = nhi_span_str(m->claim), name;
	bool path = strchr(m->claim, '\n') != NULL;
	const char *between = "\"";

	nhi_buf_str(b, path ? "\t\t{ claim = [ " : "\t\t{ claim = ");
	while (nhi_span_cut(&rest, '\n', &name)) {
		nhi_buf_str(b, between);
		nhi_buf_span(b, name);
		nhi_buf_char(b, '"');
		between = ", \"";
	}
	nhi_buf_printf(b, "%s; is = %s; }", path ? " ]" : "", m->value);
}

void
nhi_preset_start(const struct nhi_preset *p, struct nhi_buf *b)
{
	nhi_buf_printf(b, "version = 1;\nhost = { id = \"@FILL host@\"; };\n"
	    "issuers = ( {\n\tname = \"%s\";\n\tpreset = \"%s\";\n",
	    p->name, p->name);
	put_url(p, b);
	nhi_buf_printf(b, "\t# For this host alone: a token that another one "
	    "sees opens nothing here.\n\taudience = [ \"%s\" ];\n"
	    "\t# Its keys, where they cannot be fetched:\n"
	    "\t# jwks_file = \"/etc/nhi/jwks/%s.json\";\n} );\n",
	    p->start_audience != NULL ? p->start_audience :
	    "ssh://@FILL host@", p->name);
	nhi_buf_str(b, "identities = ( {\n\tname = \"@FILL identity@\";\n"
	    "\towner = \"@FILL owner@\";\t\t# who answers for it\n"
	    "\tpurpose = \"@FILL purpose@\";\n"
	    "\texpires = \"@FILL date@\";\t\t# as 2027-06-30\n");
	nhi_buf_printf(b, "\tissuer = \"%s\";\n"
	    "\t# All of these, in their types.\n\tmatch = (\n", p->name);
	for (size_t i = 0; i < NHI_PRESET_FEW && p->start[i].claim != NULL;
	    i++) {
		nhi_buf_str(b, i == 0 ? "" : ",\n");
		put_match(&p->start[i], b);
	}
	nhi_buf_str(b, "\n\t);\n\taccount = \"@FILL account@\";\n"
	    "\tcertificate = { ttl = \"15m\"; };\n"
	    "\t# certificate = { ttl = \"15m\"; source = [ \"10.0.0.0/8\" ]; "
	    "};\n\t# groups = [ \"www-data\" ];\n"
	    "\t# sudo = [ \"/usr/bin/systemctl restart web\" ];\n} );\n");
}
