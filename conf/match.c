/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "conf/match.h"
#include "conf/template.h"
#include "lib/base/name.h"
#include "lib/base/rules.h"
#include "lib/token/quote.h"

#define PATH_SHOWN	256

static bool
begins(struct nhi_span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

/* Past one character of well-formed UTF-8. */
static size_t
step(struct nhi_span s, size_t at)
{
	for (at++; at < s.n && (s.p[at] & 0xc0) == 0x80; at++)
		continue;
	return at;
}

/*
 * The last star is the only one that is ever given more: an earlier one has
 * nothing to win by it.  So the time is at most length times length.
 */
static bool
glob(struct nhi_span s, const char *p)
{
	const char *star = NULL;
	size_t at = 0, from = 0;

	while (at < s.n) {
		if (*p == '*') {
			star = ++p;
			from = at;
		} else if (*p == '?') {
			p++;
			at = step(s, at);
		} else if (*p == s.p[at]) {
			p++;
			at++;
		} else if (star != NULL) {
			p = star;
			at = from = step(s, from);
		} else {
			return false;
		}
	}
	while (*p == '*')
		p++;
	return *p == '\0';
}

static bool
holds(enum nhi_op op, struct nhi_span claim, const char *value)
{
	switch (op) {
	case NHI_OP_IS:
	case NHI_OP_IN:
		return nhi_span_is(claim, value);
	case NHI_OP_PREFIX:
		return begins(claim, value);
	case NHI_OP_GLOB:
		return glob(claim, value);
	}
	return false;
}

static enum nhi_json_type
wanted(const struct nhi_match *m)
{
	if ((m->op == NHI_OP_PREFIX || m->op == NHI_OP_GLOB) &&
	    m->type != NHI_TYPE_STRING)
		return NHI_JSON_NONE;
	switch (m->type) {
	case NHI_TYPE_STRING:
		return NHI_JSON_STRING;
	case NHI_TYPE_INTEGER:
		return NHI_JSON_INTEGER;
	case NHI_TYPE_BOOLEAN:
		return NHI_JSON_BOOLEAN;
	}
	return NHI_JSON_NONE;
}

/* The path for people: its names with blanks between them. */
static struct nhi_quote
name_of(const struct nhi_match *m)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf path = NHI_BUF(PATH_SHOWN);

	for (size_t i = 0; i < m->claim.n; i++) {
		nhi_buf_str(&path, i == 0 ? "" : " ");
		nhi_buf_str(&path, m->claim.p[i]);
	}
	return nhi_quote(nhi_buf_all(&path));
}

static enum nhi_err
no_match(const struct nhi_match *m, struct nhi_span claim, struct nhi_why *why)
{
	static const char *const what[] = {
		[NHI_OP_IS] = "which is not",
		[NHI_OP_IN] = "which is none of the list that begins with",
		[NHI_OP_PREFIX] = "which does not begin with",
		[NHI_OP_GLOB] = "which does not fit",
	};
	const char *first = m->values.n == 0 ? "" : m->values.p[0];

	return nhi_fail(why, NHI_ERR_NO_MATCH, "claim %s is %s, %s %s",
	    name_of(m).text, NHI_QUOTE(claim), what[m->op],
	    NHI_QUOTE(nhi_span_str(first)));
}

enum nhi_err
nhi_match_check(const struct nhi_match *m, struct nhi_value claims,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(SIZE_MAX / 4);
	struct nhi_value claim = nhi_json_find(claims, &m->claim);
	enum nhi_err err;

	if (m->claim.n == 0 || claim.type == NHI_JSON_NONE)
		return nhi_fail(why, NHI_ERR_NO_MATCH,
		    "claim %s is missing", name_of(m).text);
	if (claim.type != wanted(m))
		return nhi_fail(why, NHI_ERR_NO_MATCH,
		    "claim %s is %s, of another type than the rule's values",
		    name_of(m).text, nhi_json_type_name(claim.type));
	(void)nhi_json_text(claim, &text);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK)
		return err;
	for (size_t i = 0; i < m->values.n; i++)
		if (holds(m->op, nhi_buf_all(&text), m->values.p[i]))
			return NHI_OK;
	return no_match(m, nhi_buf_all(&text), why);
}

enum nhi_err
nhi_identity_match(const struct nhi_identity *id, struct nhi_value claims,
    struct nhi_why *why)
{
	enum nhi_err err;

	if (id->nmatches == 0)
		return nhi_fail(why, NHI_ERR_NO_MATCH,
		    "the identity has no match at all");
	for (size_t i = 0; i < id->nmatches; i++)
		if ((err = nhi_match_check(&id->matches[i], claims,
		    why)) != NHI_OK)
			return err;
	return NHI_OK;
}

/* A claim that the template wants and does not get is no match, no fault. */
static enum nhi_err
check_account(const struct nhi_identity *id,
    const struct nhi_match_query *query, struct nhi_why *why)
{
	char name[NHI_NAME_MAX + 1];
	enum nhi_err err;

	err = nhi_template_expand(id->account, query->claims, name, why);
	if (err == NHI_ERR_CLAIM_MISSING || err == NHI_ERR_CLAIM_TYPE)
		return NHI_ERR_NO_MATCH;
	if (err != NHI_OK)
		return err;
	if (strcmp(name, query->account) != 0)
		return nhi_fail(why, NHI_ERR_NO_MATCH,
		    "these claims make the account %s, not the one asked for",
		    name);
	return NHI_OK;
}

static enum nhi_err
check_identity(const struct nhi_identity *id,
    const struct nhi_match_query *query, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_identity_match(id, query->claims, why)) != NHI_OK)
		return err;
	return check_account(id, query, why);
}

enum nhi_err
nhi_rules_match(const struct nhi_rules *rules,
    const struct nhi_match_query *query, size_t *ret_index,
    struct nhi_why *why)
{
	const struct nhi_identity *found = NULL;
	bool told = false;

	for (size_t i = 0; i < rules->nidentities; i++) {
		const struct nhi_identity *id = &rules->identities[i];
		enum nhi_err err;

		if (id->issuer != query->issuer)
			continue;
		err = check_identity(id, query, told ? NULL : why);
		if (err == NHI_ERR_NO_MATCH) {
			told = true;
			continue;
		}
		if (err != NHI_OK)
			return err;
		if (found != NULL)
			return nhi_fail(why, NHI_ERR_AMBIGUOUS,
			    "%s and %s both match", found->name, id->name);
		found = id;
	}
	if (found == NULL)
		return told ? NHI_ERR_NO_MATCH : nhi_fail(why,
		    NHI_ERR_NO_MATCH, "no identity of this account is of the "
		    "token's issuer");
	*ret_index = (size_t)(found - rules->identities);
	return NHI_OK;
}
