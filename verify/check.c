/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/base/verdict.h"
#include "lib/token/show.h"
#include "lib/token/verify.h"
#include "verify/check.h"

void
nhi_check_wipe(struct nhi_check *c)
{
	nhi_issuer_wipe(&c->issuer);
}

/* A JSON string of what may be anything. */
static void
put_json(struct nhi_buf *b, struct nhi_span s)
{
	nhi_buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			nhi_buf_printf(b, "\\%c", c);
		else if (c < ' ' || c > '~')
			nhi_buf_char(b, '?');
		else
			nhi_buf_char(b, (char)c);
	}
	nhi_buf_char(b, '"');
}

/* What may be anything, for a terminal. */
static void
put_text(struct nhi_buf *b, struct nhi_span s)
{
	for (size_t i = 0; i < s.n; i++)
		nhi_buf_char(b, s.p[i] < ' ' || s.p[i] > '~' ? '?' : s.p[i]);
}

static void
put_field(struct nhi_buf *b, bool json, const char *name, struct nhi_span s)
{
	if (s.p == NULL)
		return;
	if (json) {
		nhi_buf_printf(b, ",\"%s\":", name);
		put_json(b, s);
		return;
	}
	nhi_buf_printf(b, "%-8s ", name);
	put_text(b, s);
	nhi_buf_char(b, '\n');
}

static void
put_number(struct nhi_buf *b, bool json, const char *name, int64_t v)
{
	if (v >= 0)
		nhi_buf_printf(b, json ? ",\"%s\":%" PRId64 :
		    "%-8s %" PRId64 "\n", name, v);
}

static void
put_accepted(const struct nhi_check *c, const struct nhi_token *t,
    struct nhi_buf *b)
{
	char mark[2 * NHI_TOKEN_MARK + 1];

	nhi_num_hex(t->mark, sizeof(t->mark), mark);
	nhi_buf_str(b, c->json ? "{\"result\":\"ok\"" : "ok\n");
	put_field(b, c->json, "alg", nhi_span_str(nhi_alg_name(t->alg)));
	put_field(b, c->json, "kid", t->kid);
	put_field(b, c->json, "mark", nhi_span_str(mark));
	if (!c->signature_only) {
		put_field(b, c->json, "subject", t->subject);
		put_field(b, c->json, "jti", t->jti);
		put_number(b, c->json, "iat", t->iat);
		put_number(b, c->json, "exp", t->exp);
	}
	nhi_buf_str(b, c->json ? "}\n" : "");
}

void
nhi_check_refuse(const struct nhi_check *c, enum nhi_err err,
    const struct nhi_why *why, struct nhi_buf *b)
{
	struct nhi_span text = nhi_span_str(why->text);

	if (text.n == 0)
		text = nhi_span_str(nhi_err_text(err));
	if (!c->json) {
		nhi_buf_printf(b, "%s: ", nhi_err_slug(err));
		put_text(b, text);
		nhi_buf_char(b, '\n');
		return;
	}
	nhi_buf_printf(b, "{\"result\":\"%s\"", nhi_err_slug(err));
	put_field(b, true, "detail", text);
	nhi_buf_str(b, "}\n");
}

struct nhi_span
nhi_check_token(const struct nhi_buf *b)
{
	struct nhi_span s = nhi_buf_all(b);

	if (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

/* Its buffer has room for a newline more than a token. */
static enum nhi_err
check_read(const struct nhi_buf *token, struct nhi_why *why)
{
	if (token->err == NHI_ERR_TOO_LARGE)
		return nhi_fail(why, token->err, "more than %d bytes",
		    NHI_VERDICT_BYTES);
	return nhi_buf_check(token, why);
}

enum nhi_err
nhi_check_run(const struct nhi_check *c, struct nhi_span jwks,
    const struct nhi_buf *token, struct nhi_buf *b)
{
	NHI_AUTO(nhi_token_freep) struct nhi_token *t = NULL;
	struct nhi_token_source source = {
		.issuer = &c->issuer, .jwks = jwks,
	};
	struct nhi_token_request request = {
		.token = nhi_check_token(token), .sources = &source,
		.nsources = 1, .now = c->now,
		.signature_only = c->signature_only,
	};
	struct nhi_why why = { "" };
	enum nhi_err err;

	if ((err = check_read(token, &why)) == NHI_OK &&
	    (err = nhi_token_verify(&request, &t, &why)) == NHI_OK)
		put_accepted(c, t, b);
	else
		nhi_check_refuse(c, err, &why, b);
	return err;
}

enum nhi_err
nhi_check_show(const struct nhi_buf *token, struct nhi_buf *b)
{
	const struct nhi_check plain = { .json = false };
	struct nhi_why why = { "" };
	enum nhi_err err;

	if ((err = check_read(token, &why)) != NHI_OK ||
	    (err = nhi_token_show(nhi_check_token(token), b, &why)) != NHI_OK)
		nhi_check_refuse(&plain, err, &why, b);
	return err;
}
