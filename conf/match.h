/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verified claims against compiled rules.  Matches are typed and AND-ed: a
 * claim of another JSON type than the rule's values never matches.
 */
#ifndef NHI_CONF_MATCH_H
#define NHI_CONF_MATCH_H

#include "lib/token/json.h"

struct nhi_identity;
struct nhi_match;
struct nhi_rules;

/* What a verified token says, and the account that was asked for. */
struct nhi_match_query {
	size_t issuer;			/* index into the rules' issuers */
	struct nhi_value claims;
	const char *account;
};

/*
 * `is` and `in`: one of the values, byte for byte; `prefix`: begins with one
 * of them; `glob`: the whole string, '*' any run of characters, '?' one.
 * NHI_ERR_NO_MATCH with the path of the claim.
 */
enum nhi_err	 nhi_match_check(const struct nhi_match *, struct nhi_value,
		    struct nhi_why *) NHI_MUST;

/* All of an identity's matches; NHI_ERR_NO_MATCH with the first that fails. */
enum nhi_err	 nhi_identity_match(const struct nhi_identity *,
		    struct nhi_value, struct nhi_why *) NHI_MUST;

/*
 * The one identity of the token's issuer whose matches hold and whose account
 * is the one asked for.  NHI_ERR_NO_MATCH (with what failed first),
 * NHI_ERR_AMBIGUOUS, NHI_ERR_NO_MEMORY, NHI_ERR_POLICY_INVALID.
 */
enum nhi_err	 nhi_rules_match(const struct nhi_rules *,
		    const struct nhi_match_query *, size_t *ret_index,
		    struct nhi_why *) NHI_MUST;

#endif
