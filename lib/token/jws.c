/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/rules.h"
#include "lib/token/base64url.h"
#include "lib/token/jws.h"
#include "lib/token/quote.h"

/* ASCII only: the C library's would ask the locale. */
static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
begins(struct nhi_span s, const char *word)
{
	size_t n = strlen(word);

	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(s.p[i]) != word[i])
			return false;
	return true;
}

static bool
is_word(struct nhi_span s, const char *word)
{
	return s.n == strlen(word) && begins(s, word);
}

enum nhi_err
nhi_jws_split(struct nhi_jws *j, struct nhi_span token, struct nhi_why *why)
{
	struct nhi_span rest = token, part[3] = { { NULL, 0 } };
	size_t n = 0;
	enum nhi_err err;

	if (token.n == 0)
		return nhi_fail(why, NHI_ERR_EMPTY, "no token at all");
	if (token.n > NHI_JWS_MAX)
		return nhi_fail(why, NHI_ERR_TOO_LARGE,
		    "%zu bytes, at most %u", token.n, NHI_JWS_MAX);
	while (n < 3 && nhi_span_cut(&rest, '.', &part[n]) && part[n].n > 0)
		n++;
	if (n < 3 || rest.p != NULL)
		return nhi_fail(why, NHI_ERR_NOT_COMPACT,
		    "not three non-empty parts between dots (RFC 7515 7.1)");
	if ((err = nhi_base64url_decode(part[0], &j->head, why)) != NHI_OK ||
	    (err = nhi_base64url_decode(part[1], &j->payload,
	    why)) != NHI_OK ||
	    (err = nhi_base64url_decode(part[2], &j->signature,
	    why)) != NHI_OK)
		return err;
	j->input.p = token.p;
	j->input.n = part[0].n + 1 + part[1].n;
	return NHI_OK;
}

/* RFC 7515 4.1.9: a type without '/' is one of application/. */
static struct nhi_span
media_type(struct nhi_span s)
{
	static const char prefix[] = "application/";
	struct nhi_span head = { s.p, sizeof(prefix) - 1 };

	if (s.n <= head.n || !is_word(head, prefix) ||
	    memchr(s.p + head.n, '/', s.n - head.n) != NULL)
		return s;
	return (struct nhi_span){ s.p + head.n, s.n - head.n };
}

static enum nhi_err
check_typ(const struct nhi_jws *j, struct nhi_why *why)
{
	struct nhi_value typ = nhi_json_member(j->header, "typ");
	struct nhi_span s = nhi_json_string(typ);

	if (typ.type == NHI_JSON_NONE)
		return NHI_OK;
	if (s.p == NULL)
		return nhi_fail(why, NHI_ERR_TYP, "typ is %s (RFC 7515 4.1.9)",
		    nhi_json_type_name(typ.type));
	s = media_type(s);
	if (!is_word(s, "jwt") && !is_word(s, "jose") &&
	    !is_word(s, "at+jwt"))
		return nhi_fail(why, NHI_ERR_TYP, "typ is %s (RFC 8725 3.11)",
		    NHI_QUOTE(s));
	return NHI_OK;
}

static enum nhi_err
check_extensions(const struct nhi_jws *j, struct nhi_why *why)
{
	if (nhi_json_member(j->header, "crit").type != NHI_JSON_NONE)
		return nhi_fail(why, NHI_ERR_CRIT,
		    "crit is there, and no extension is understood "
		    "(RFC 7515 4.1.11)");
	if (nhi_json_member(j->header, "b64").type != NHI_JSON_NONE)
		return nhi_fail(why, NHI_ERR_B64,
		    "b64 is there, and a JWT may not use it (RFC 7797 7)");
	return NHI_OK;
}

static enum nhi_err
read_kid(struct nhi_jws *j, struct nhi_why *why)
{
	struct nhi_value kid = nhi_json_member(j->header, "kid");
	struct nhi_span s = nhi_json_string(kid);

	if (kid.type == NHI_JSON_NONE)
		return NHI_OK;
	if (s.p == NULL)
		return nhi_fail(why, NHI_ERR_HEADER,
		    "kid is %s (RFC 7515 4.1.4)",
		    nhi_json_type_name(kid.type));
	if (s.n > NHI_JWS_KID_MAX)
		return nhi_fail(why, NHI_ERR_HEADER,
		    "kid has %zu bytes, at most %d (RFC 7515 4.1.4)", s.n,
		    NHI_JWS_KID_MAX);
	j->kid = s;
	return NHI_OK;
}

enum nhi_err
nhi_jws_read_header(struct nhi_jws *j, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_json_parse(nhi_buf_all(&j->head), &j->header,
	    why)) != NHI_OK ||
	    (err = check_typ(j, why)) != NHI_OK ||
	    (err = check_extensions(j, why)) != NHI_OK ||
	    (err = read_kid(j, why)) != NHI_OK)
		return err;
	return NHI_OK;
}

enum nhi_err
nhi_jws_pin(struct nhi_jws *j, uint32_t allowed, struct nhi_why *why)
{
	struct nhi_value alg = nhi_json_member(j->header, "alg");
	struct nhi_span s = nhi_json_string(alg);
	uint32_t bit;

	if (alg.type == NHI_JSON_NONE)
		return nhi_fail(why, NHI_ERR_ALG_MISSING,
		    "the header has no alg (RFC 7515 4.1.1)");
	if (s.p == NULL)
		return nhi_fail(why, NHI_ERR_HEADER,
		    "alg is %s (RFC 7515 4.1.1)",
		    nhi_json_type_name(alg.type));
	if (is_word(s, "none"))
		return nhi_fail(why, NHI_ERR_ALG_NONE,
		    "alg is %s (RFC 8725 3.2)", NHI_QUOTE(s));
	if (begins(s, "hs"))
		return nhi_fail(why, NHI_ERR_ALG_HMAC,
		    "alg is %s (RFC 8725 2.1, 3.1)", NHI_QUOTE(s));
	bit = nhi_alg_find(s);
	if (bit == 0 || (bit & allowed) == 0)
		return nhi_fail(why, NHI_ERR_ALG_NOT_ALLOWED,
		    "alg is %s (RFC 8725 3.1)", NHI_QUOTE(s));
	j->alg = bit;
	return NHI_OK;
}

void
nhi_jws_wipe(struct nhi_jws *j)
{
	nhi_buf_wipe(&j->head);
	nhi_buf_wipe(&j->payload);
	nhi_buf_wipe(&j->signature);
	nhi_json_wipe(&j->header);
}
