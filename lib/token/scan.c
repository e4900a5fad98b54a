/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/token/lex.h"
#include "lib/token/scan.h"
#include "lib/token/utf8.h"

/*
 * names is a stack: the names of each object that is still open lie one
 * behind the other, each after its length, so that a new one is compared with
 * those of its own object.
 */
struct scan {
	struct nhi_lex lex;
	unsigned int depth;
	size_t values;
	struct nhi_buf names;
};

#define NAME_HEAD	4	/* bytes of the length */

static enum nhi_err scan_value(struct scan *);

static enum nhi_err
fail(const struct scan *s, enum nhi_err err, const char *what)
{
	return nhi_lex_fail(&s->lex, err, what);
}

/* The name that lies at `at` of the stack, against those since `from`. */
static bool
is_new(const struct nhi_buf *names, size_t from, size_t at)
{
	size_t n = names->n - at;
	uint32_t len;

	for (; from < at; from += NAME_HEAD + len) {
		memcpy(&len, names->p + from, NAME_HEAD);
		if (NAME_HEAD + len == n && memcmp(names->p + from + NAME_HEAD,
		    names->p + at + NAME_HEAD, len) == 0)
			return false;
	}
	return true;
}

static enum nhi_err
scan_member(struct scan *s, size_t from)
{
	size_t at = s->names.n;
	uint32_t len = 0;
	enum nhi_err err;

	nhi_lex_blank(&s->lex);
	nhi_buf_put(&s->names, &len, NAME_HEAD);
	if ((err = nhi_lex_string(&s->lex, &s->names)) != NHI_OK ||
	    (err = nhi_buf_check(&s->names, s->lex.why)) != NHI_OK)
		return err;
	len = (uint32_t)(s->names.n - at - NAME_HEAD);
	memcpy(s->names.p + at, &len, NAME_HEAD);
	if (!is_new(&s->names, from, at))
		return fail(s, NHI_ERR_JSON_DUPLICATE,
		    "second member of one name (RFC 7519 4)");
	nhi_lex_blank(&s->lex);
	if (!nhi_lex_take(&s->lex, ':'))
		return fail(s, NHI_ERR_JSON, "no colon (RFC 8259 4)");
	return scan_value(s);
}

static enum nhi_err
scan_object(struct scan *s)
{
	size_t from = s->names.n, members = 0;
	enum nhi_err err;

	nhi_lex_blank(&s->lex);
	if (nhi_lex_take(&s->lex, '}'))
		return NHI_OK;
	do {
		if (++members > NHI_SCAN_MEMBERS)
			return fail(s, NHI_ERR_JSON,
			    "too many members (RFC 8259 9)");
		if ((err = scan_member(s, from)) != NHI_OK)
			return err;
	} while (nhi_lex_take(&s->lex, ','));
	s->names.n = from;
	return nhi_lex_take(&s->lex, '}') ? NHI_OK :
	    fail(s, NHI_ERR_JSON, "open object (RFC 8259 4)");
}

static enum nhi_err
scan_array(struct scan *s)
{
	enum nhi_err err;

	nhi_lex_blank(&s->lex);
	if (nhi_lex_take(&s->lex, ']'))
		return NHI_OK;
	do {
		if ((err = scan_value(s)) != NHI_OK)
			return err;
	} while (nhi_lex_take(&s->lex, ','));
	return nhi_lex_take(&s->lex, ']') ? NHI_OK :
	    fail(s, NHI_ERR_JSON, "open array (RFC 8259 5)");
}

static enum nhi_err
scan_nested(struct scan *s)
{
	enum nhi_err err;

	if (s->depth == NHI_SCAN_DEPTH)
		return fail(s, NHI_ERR_JSON_DEPTH,
		    "nested too deeply (RFC 8259 9)");
	s->depth++;
	err = *s->lex.p++ == '{' ? scan_object(s) : scan_array(s);
	s->depth--;
	return err;
}

/* Blanks around it included. */
static enum nhi_err
scan_value(struct scan *s)
{
	enum nhi_err err;

	nhi_lex_blank(&s->lex);
	if (++s->values > NHI_SCAN_VALUES)
		return fail(s, NHI_ERR_JSON, "too many values (RFC 8259 9)");
	switch (nhi_lex_peek(&s->lex)) {
	case '{':
	case '[':
		err = scan_nested(s);
		break;
	case '"':
		err = nhi_lex_string(&s->lex, NULL);
		break;
	case 't':
		err = nhi_lex_word(&s->lex, "true");
		break;
	case 'f':
		err = nhi_lex_word(&s->lex, "false");
		break;
	case 'n':
		err = nhi_lex_word(&s->lex, "null");
		break;
	default:
		err = nhi_lex_number(&s->lex);
		break;
	}
	if (err == NHI_OK)
		nhi_lex_blank(&s->lex);
	return err;
}

static void
wipe(struct scan *s)
{
	nhi_buf_wipe(&s->names);
}

static enum nhi_err
scan_text(struct scan *s)
{
	enum nhi_err err;

	if ((err = scan_value(s)) != NHI_OK)
		return err;
	return s->lex.p == s->lex.end ? NHI_OK :
	    fail(s, NHI_ERR_JSON, "bytes after the value (RFC 8259 2)");
}

enum nhi_err
nhi_scan_json(struct nhi_span text, struct nhi_why *why)
{
	NHI_AUTO(wipe) struct scan s = {
		.lex = { text.p, text.p, text.p + text.n, why },
		.names = NHI_BUF(2 * NHI_SCAN_MAX),
	};
	enum nhi_err err;

	if (text.n == 0)
		return nhi_fail(why, NHI_ERR_JSON, "no JSON text at all");
	if (text.n > NHI_SCAN_MAX)
		return nhi_fail(why, NHI_ERR_TOO_LARGE,
		    "%zu bytes of JSON, at most %u", text.n, NHI_SCAN_MAX);
	if ((err = nhi_utf8_check(text, why)) != NHI_OK)
		return err;
	return scan_text(&s);
}
