/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What no single setting shows: settings that do not go together, identities
 * that get into each other's way or into the host's.  Runs on whatever was
 * loaded, also beside other faults: what is not there is skipped.
 */
#ifndef NHI_CONF_LINT_H
#define NHI_CONF_LINT_H

#include "conf/load.h"
#include "conf/preset.h"
#include "conf/pattern.h"
#include "conf/world.h"

/* One identity with what it refers to. */
struct nhi_lint_identity {
	const struct nhi_conf_identity *from;
	const struct nhi_conf_issuer *issuer;	/* NULL: there is none */
	const struct nhi_preset *preset;	/* NULL: not known */
	struct nhi_pattern account;	/* key "": not valid */
};

struct nhi_lint {
	const struct nhi_conf_top *top;
	const struct nhi_world *world;
	enum nhi_file_owner owner;	/* of pinned key sets */
	const char *host_id;
	struct nhi_conf_range uids;
	struct nhi_lint_identity *list;	/* sorted by account, then name */
	size_t n;
	struct nhi_faults *faults;
};

void	 nhi_lint(const struct nhi_conf *, const struct nhi_world *,
	    struct nhi_faults *);

/* Its parts, a file each. */
void	 nhi_lint_host(const struct nhi_lint *);
void	 nhi_lint_issuers(const struct nhi_lint *);
void	 nhi_lint_identities(const struct nhi_lint *);
void	 nhi_lint_matches(const struct nhi_lint *,
	    const struct nhi_lint_identity *);
void	 nhi_lint_accounts(const struct nhi_lint *);
void	 nhi_lint_groups(const struct nhi_lint *,
	    const struct nhi_lint_identity *);
void	 nhi_lint_sudo(const struct nhi_lint *,
	    const struct nhi_lint_identity *);
void	 nhi_lint_overlaps(const struct nhi_lint *);
void	 nhi_lint_sources(const struct nhi_lint *, const struct nhi_list *,
	    struct nhi_place);

/* A setting's place, or the section's when it was not set. */
#define NHI_LINT_AT(section, s, name)					\
	((s)->at[NHI_AT(section, name)].line != 0 ?			\
	    (s)->at[NHI_AT(section, name)] : (s)->at[0])

#endif
