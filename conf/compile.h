/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From settings without a fault to what is published: issuers and identities
 * as rules.h has them, the accounts with their groups, the digest.
 */
#ifndef NHI_CONF_COMPILE_H
#define NHI_CONF_COMPILE_H

#include "conf/load.h"
#include "conf/pattern.h"
#include "conf/world.h"
#include "lib/base/policy.h"
#include "lib/base/provider.h"

/* One account or template, with its identities: a slice of the plan's. */
struct nhi_plan_account {
	struct nhi_pattern name;
	char home[NHI_ACCOUNT_TEXT];
	char shell[NHI_ACCOUNT_TEXT];
	uint32_t uid;			/* 0: not fixed */
	struct nhi_list groups;		/* names, sorted */
	uint32_t gids[NHI_ACCOUNT_GROUPS];
	size_t ngids;
	size_t first;			/* of its identities */
	size_t n;
};

struct nhi_plan {
	char digest[NHI_DIGEST_HEX + 1];
	struct nhi_host host;
	char *host_id;			/* as written; NULL: the nodename */
	struct nhi_conf_range uids;
	struct nhi_issuer *issuers;	/* sorted by name */
	struct nhi_provider *providers;	/* of the issuers, in their order */
	size_t nissuers;
	struct nhi_identity *identities;	/* by account, then name */
	size_t nidentities;
	struct nhi_plan_account *accounts;	/* sorted by key */
	size_t naccounts;
	struct nhi_list trust;		/* "<key> <host>", sorted */
	bool grouped;			/* the accounts' group is there */
};

/*
 * NHI_ERR_POLICY_INVALID for what lint should have found (a group that is
 * gone since); NHI_ERR_NO_MEMORY.
 */
enum nhi_err	 nhi_compile(const struct nhi_conf *, const struct nhi_world *,
		    struct nhi_plan **ret, struct nhi_why *) NHI_MUST;
void		 nhi_plan_free(struct nhi_plan *);
void		 nhi_plan_freep(struct nhi_plan **);

/* Rules of one account, as published. */
enum nhi_err	 nhi_plan_rules(const struct nhi_plan *,
		    const struct nhi_plan_account *, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

/* Link text of one account, as published. */
void		 nhi_plan_link(const struct nhi_plan_account *,
		    struct nhi_buf *);

/* The canonical text of the policy, and its SHA-256. */
void		 nhi_plan_canonical(const struct nhi_plan *, struct nhi_buf *);
enum nhi_err	 nhi_plan_digest(struct nhi_plan *, struct nhi_why *) NHI_MUST;

#endif
