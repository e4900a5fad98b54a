/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the platforms: one row each. */
#ifndef NHI_CONF_PRESET_H
#define NHI_CONF_PRESET_H

#include "lib/base/rules.h"

#define NHI_PRESET_LIST	24	/* claims of one list, at most */
#define NHI_PRESET_FEW	8	/* of a list of other things */

/* A line of the policy to start from: a match. */
struct nhi_preset_match {
	const char *claim;
	const char *value;		/* as libconfig has it, with blanks */
};

/*
 * A claim: "a" or, in another one, "a\nb\nc"; "*" is any name.  A shape: text with
 * placeholders, see nhi_shape_fits.
 */
struct nhi_preset {
	const char *name;
	const char *title;		/* for people */
	const char *url;		/* NULL: the policy must say */
	/* Of its url; what is of none of them is warned of. */
	const char *urls[NHI_PRESET_FEW];
	uint32_t algs;			/* that its issuer may use */
	uint32_t algs_default;
	int64_t max_lifetime;
	bool job_audience;		/* the job chooses it as it runs */
	bool jti;			/* each token has one */
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
	/* Of the above, those that are no strings.  Lists never match. */
	const char *integers[NHI_PRESET_FEW];
	const char *booleans[NHI_PRESET_FEW];
	const char *lists[NHI_PRESET_FEW];
	/*
	 * The issuer signs tokens of people too: matches that no token of a
	 * person fits.  One entry must be there; "claim=shape" or, where both
	 * are needed, "claim=shape&claim=shape".
	 */
	const char *machine[NHI_PRESET_LIST];
	/* Shapes of audiences that are another service's. */
	const char *foreign[NHI_PRESET_FEW];
	/* For the audit trail. */
	const char *provenance[NHI_PRESET_LIST];
	/* For people: sentences of one line. */
	const char *audience;		/* who chooses it */
	const char *obtain;		/* how a job gets its token */
	const char *kid;
	const char *quirks[NHI_PRESET_FEW];
	const char *start_audience;	/* NULL: "ssh://" and the host */
	struct nhi_preset_match start[NHI_PRESET_FEW];
};

const struct nhi_preset	*nhi_preset_find(const char *name);

/* The i-th preset, or NULL. */
const struct nhi_preset	*nhi_preset_each(size_t i);

/* Is the claim (a path) the one that the row's text means? */
bool			 nhi_preset_is(const char *text,
			    const struct nhi_list *claim);
bool			 nhi_preset_has(const char *const list[], size_t n,
			    const struct nhi_list *claim);

/* Is anything known of the claim, and what type has it? */
bool			 nhi_preset_knows(const struct nhi_preset *,
			    const struct nhi_list *claim);
enum nhi_type		 nhi_preset_type(const struct nhi_preset *,
			    const struct nhi_list *claim);

/* Do these matches (is or in) tie the token down? */
bool			 nhi_preset_anchored(const struct nhi_preset *,
			    const struct nhi_match *, size_t n);

/* Can only a machine's token fit these matches? */
bool			 nhi_preset_machine(const struct nhi_preset *,
			    const struct nhi_match *, size_t n);

/* The paths of the provenance claims, into the issuer. */
enum nhi_err		 nhi_preset_provenance(const struct nhi_preset *,
			    struct nhi_issuer *) NHI_MUST;

#endif
