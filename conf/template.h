/* SPDX-License-Identifier: BSD-2-Clause */
/* Account names made from claims: "pr-{repository_id}-{run_id}". */
#ifndef NHI_CONF_TEMPLATE_H
#define NHI_CONF_TEMPLATE_H

#include "lib/base/name.h"
#include "lib/token/json.h"

/* Does this account of the policy have a placeholder? */
bool		 nhi_template_is(const char *account);

/*
 * The name for these claims.  A placeholder is one claim, a string or an
 * integer and not empty; "{outer/inner}" is a nested one if no claim has that
 * whole name.  The expansion is the name as it stands if that tells which
 * claims made it: characters of a name only, short enough, not in the form of
 * a name with a tail, and with several placeholders no '-' in a value and one
 * in each text between two of them.  Otherwise the name is its beginning,
 * other characters made '-' (upper case lower), filled with 'x', and a tail
 * (NHI_NAME_TAIL) from the SHA-256 of all parts with their lengths.  So no
 * two tuples of claims share a name.
 *
 * NHI_ERR_CLAIM_MISSING, NHI_ERR_CLAIM_TYPE, NHI_ERR_NO_MEMORY;
 * NHI_ERR_POLICY_INVALID for a template that can make no name.
 */
enum nhi_err	 nhi_template_expand(const char *account, struct nhi_value,
		    char ret[static NHI_NAME_MAX + 1], struct nhi_why *)
		    NHI_MUST;

#endif
