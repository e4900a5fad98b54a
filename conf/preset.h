/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the platforms: one row each. */
#ifndef NHI_CONF_PRESET_H
#define NHI_CONF_PRESET_H

#include "lib/base/rules.h"

#define NHI_PRESET_LIST	24	/* claims of one list, at most */

/* A claim: "a" or, in another one, "a\nb\nc". */
struct nhi_preset {
	const char *name;
	const char *url;		/* NULL: the policy must say */
	uint32_t algs;			/* that its issuer may use */
	uint32_t algs_default;
	int64_t max_lifetime;
	bool job_audience;		/* the job chooses the audience */
	bool need_iss;
	bool need_iat;
	bool any_anchor;		/* nothing is known: each claim will do */
	/*
	 * Claims that nobody can take over and that tie a token to one
	 * customer; each entry is enough, "a&b" asks for both.
	 */
	const char *anchors[NHI_PRESET_LIST];
	/* Never again another's, but not enough alone. */
	const char *immutable[NHI_PRESET_LIST];
	/* Names, which may be given to somebody else. */
	const char *mutable[NHI_PRESET_LIST];
	/* For the audit trail. */
	const char *provenance[NHI_PRESET_LIST];
};

const struct nhi_preset	*nhi_preset_find(const char *name);

/* The i-th preset, or NULL. */
const struct nhi_preset	*nhi_preset_each(size_t i);

/* Is the claim (a path) the one that the row's text means? */
bool			 nhi_preset_is(const char *text,
			    const struct nhi_list *claim);
bool			 nhi_preset_has(const char *const list[],
			    const struct nhi_list *claim);

/* Do these matches (is or in) tie the token down? */
bool			 nhi_preset_anchored(const struct nhi_preset *,
			    const struct nhi_match *, size_t n);

/* The paths of the provenance claims, into the issuer. */
enum nhi_err		 nhi_preset_provenance(const struct nhi_preset *,
			    struct nhi_issuer *) NHI_MUST;

#endif
