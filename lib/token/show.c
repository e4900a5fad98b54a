/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text is laid out, not parsed and written again: numbers stand as the
 * issuer wrote them.  What a terminal could obey is written as \u.
 */
#include "config.h"

#include "lib/base/json_put.h"
#include "lib/token/jws.h"
#include "lib/token/scan.h"
#include "lib/token/show.h"

struct layout {
	struct nhi_span rest;		/* strictly scanned JSON */
	struct nhi_buf *out;
	unsigned int depth;
};

static char
next(struct layout *l)
{
	l->rest.n--;
	return *l->rest.p++;
}

/* The character whose first octet c was; an ASCII one stands as it is. */
static void
put_character(struct layout *l, char c)
{
	struct nhi_span whole = { l->rest.p - 1, 1 };

	if (c >= ' ' && c < 0x7f) {
		nhi_buf_char(l->out, c);
		return;
	}
	for (; l->rest.n > 0 && (*l->rest.p & 0xc0) == 0x80; whole.n++)
		(void)next(l);
	(void)nhi_json_put_text(l->out, whole, 1, SIZE_MAX);
}

/* A string, its first quote being taken. */
static void
put_string(struct layout *l)
{
	nhi_buf_char(l->out, '"');
	while (l->rest.n > 0) {
		char c = next(l);

		put_character(l, c);
		if (c == '"')
			return;
		if (c == '\\' && l->rest.n > 0)
			nhi_buf_char(l->out, next(l));
	}
}

static void
put_line(struct layout *l)
{
	nhi_buf_char(l->out, '\n');
	for (unsigned int i = 0; i < l->depth; i++)
		nhi_buf_str(l->out, "  ");
}

static void
skip_blank(struct layout *l)
{
	while (l->rest.n > 0 && (*l->rest.p == ' ' || *l->rest.p == '\t' ||
	    *l->rest.p == '\r' || *l->rest.p == '\n'))
		(void)next(l);
}

static void
put_open(struct layout *l, char c)
{
	nhi_buf_char(l->out, c);
	skip_blank(l);
	if (l->rest.n > 0 && (*l->rest.p == '}' || *l->rest.p == ']')) {
		nhi_buf_char(l->out, next(l));
		return;
	}
	l->depth++;
	put_line(l);
}

static void
put_token(struct layout *l)
{
	char c = next(l);

	switch (c) {
	case '"':
		put_string(l);
		break;
	case '{':
	case '[':
		put_open(l, c);
		break;
	case '}':
	case ']':
		l->depth--;
		put_line(l);
		nhi_buf_char(l->out, c);
		break;
	case ',':
		nhi_buf_char(l->out, c);
		put_line(l);
		break;
	case ':':
		nhi_buf_str(l->out, ": ");
		break;
	default:
		nhi_buf_char(l->out, c);
		break;
	}
}

static enum nhi_err
put_part(const char *title, struct nhi_span json, struct nhi_buf *out,
    struct nhi_why *why)
{
	struct layout l = { .rest = json, .out = out };
	enum nhi_err err;

	if ((err = nhi_scan_json(json, why)) != NHI_OK)
		return err;
	nhi_buf_str(out, title);
	for (skip_blank(&l); l.rest.n > 0; skip_blank(&l))
		put_token(&l);
	nhi_buf_char(out, '\n');
	return NHI_OK;
}

enum nhi_err
nhi_token_show(struct nhi_span token, struct nhi_buf *out,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_jws_wipe) struct nhi_jws jws = NHI_JWS;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(8 * NHI_JWS_MAX);
	enum nhi_err err;

	nhi_buf_str(&text, "NOT VERIFIED: anybody can write such a token.\n");
	if ((err = nhi_jws_split(&jws, token, why)) != NHI_OK ||
	    (err = put_part("header: ", nhi_buf_all(&jws.head), &text,
	    why)) != NHI_OK ||
	    (err = put_part("claims: ", nhi_buf_all(&jws.payload), &text,
	    why)) != NHI_OK ||
	    (err = nhi_buf_check(&text, why)) != NHI_OK)
		return err;
	nhi_buf_span(out, nhi_buf_all(&text));
	return nhi_buf_check(out, why);
}
