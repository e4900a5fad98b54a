/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "lib/base/num.h"
#include "lib/token/show.h"
#include "lib/token/verify.h"
#include "verify/check.h"

#define DEFAULT_SKEW		60
#define DEFAULT_LIFETIME	(24 * 60 * 60)
#define DURATION_MAX		(INT64_C(100) * 366 * 24 * 60 * 60)

static enum nhi_err
set_text(char **ret, const char *name, const char *value,
    struct nhi_why *why)
{
	if (*ret != NULL)
		return nhi_fail(why, NHI_ERR_INPUT, "%s: given twice", name);
	*ret = strdup(value);
	return *ret == NULL ? nhi_fail(why, NHI_ERR_NO_MEMORY, "options") :
	    NHI_OK;
}

/* Seconds, or a number with a unit. */
static enum nhi_err
set_duration(int64_t *ret, const char *value, struct nhi_why *why)
{
	uint64_t v;

	if (nhi_num_duration(nhi_span_str(value), DURATION_MAX, ret))
		return NHI_OK;
	if (!nhi_num_parse(nhi_span_str(value), DURATION_MAX, &v))
		return nhi_fail(why, NHI_ERR_INPUT,
		    "%.40s: not a duration such as 60s, 15m or 24h", value);
	*ret = (int64_t)v;
	return NHI_OK;
}

/* 0 would be no limit, which nobody asks for in this way. */
static enum nhi_err
set_limit(int64_t *ret, const char *value, struct nhi_why *why)
{
	int64_t v;
	enum nhi_err err;

	if ((err = set_duration(&v, value, why)) != NHI_OK)
		return err;
	if (v == 0)
		return nhi_fail(why, NHI_ERR_INPUT, "%.40s: a limit of nothing",
		    value);
	*ret = v;
	return NHI_OK;
}

static enum nhi_err
set_algs(uint32_t *ret, const char *value, struct nhi_why *why)
{
	struct nhi_span rest = nhi_span_str(value), word;
	uint32_t algs = 0, bit;

	while (nhi_span_cut(&rest, ',', &word)) {
		if ((bit = nhi_alg_find(word)) == 0)
			return nhi_fail(why, NHI_ERR_INPUT,
			    "%.40s: unknown algorithm", value);
		algs |= bit;
	}
	*ret = algs;
	return NHI_OK;
}

static enum nhi_err
set_time(int64_t *ret, const char *value, struct nhi_why *why)
{
	uint64_t v;

	if (!nhi_num_parse(nhi_span_str(value), INT64_MAX / 2, &v))
		return nhi_fail(why, NHI_ERR_INPUT,
		    "%.40s: not a time in seconds since 1970", value);
	*ret = (int64_t)v;
	return NHI_OK;
}

static enum nhi_err
set_option(struct nhi_check *c, const char *name, const char *value,
    struct nhi_why *why)
{
	if (strcmp(name, "--issuer") == 0)
		return set_text(&c->issuer.url, name, value, why);
	if (strcmp(name, "--audience") == 0)
		return nhi_list_add(&c->issuer.audience, nhi_span_str(value));
	if (strcmp(name, "--alg") == 0)
		return set_algs(&c->issuer.algs, value, why);
	if (strcmp(name, "--at") == 0)
		return set_time(&c->now, value, why);
	if (strcmp(name, "--skew") == 0)
		return set_duration(&c->issuer.skew, value, why);
	if (strcmp(name, "--max-lifetime") == 0)
		return set_limit(&c->issuer.max_lifetime, value, why);
	if (strcmp(name, "--max-age") == 0)
		return set_limit(&c->issuer.max_age, value, why);
	return nhi_fail(why, NHI_ERR_INPUT, "%.40s: unknown option", name);
}

static enum nhi_err
check_complete(const struct nhi_check *c, struct nhi_why *why)
{
	if (c->signature_only)
		return NHI_OK;
	if (c->issuer.url == NULL)
		return nhi_fail(why, NHI_ERR_INPUT, "--issuer is missing");
	if (c->issuer.audience.n == 0)
		return nhi_fail(why, NHI_ERR_INPUT, "--audience is missing");
	return NHI_OK;
}

enum nhi_err
nhi_check_options(int argc, char **argv, struct nhi_check *c,
    struct nhi_why *why)
{
	enum nhi_err err;

	*c = (struct nhi_check){
		.now = (int64_t)time(NULL),
		.issuer = {
			.algs = NHI_ALG_ALL, .skew = DEFAULT_SKEW,
			.max_lifetime = DEFAULT_LIFETIME, .need_iss = true,
		},
	};
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			c->json = true;
			continue;
		}
		if (strcmp(argv[i], "--signature-only") == 0) {
			c->signature_only = true;
			continue;
		}
		if (i + 1 == argc)
			return nhi_fail(why, NHI_ERR_INPUT,
			    "%.40s: unknown, or its value is missing",
			    argv[i]);
		if ((err = set_option(c, argv[i], argv[i + 1],
		    why)) != NHI_OK)
			return err;
		i++;
	}
	return check_complete(c, why);
}

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

	if ((err = nhi_buf_check(token, &why)) == NHI_OK &&
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

	if ((err = nhi_buf_check(token, &why)) != NHI_OK ||
	    (err = nhi_token_show(nhi_check_token(token), b, &why)) != NHI_OK)
		nhi_check_refuse(&plain, err, &why, b);
	return err;
}
