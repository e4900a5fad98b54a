/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an issuer's key set comes from: one small file of the published
 * policy for each issuer,
 *	published/<generation>/issuers/<name>
 * so that it is found without an account.  nhi-fetch takes everything but the
 * name from it.  Words as in rules.h.
 */
#ifndef NHI_BASE_PROVIDER_H
#define NHI_BASE_PROVIDER_H

#include "lib/base/policy.h"

#define NHI_PROVIDER_MAX	(64U << 10)	/* bytes of a file */
#define NHI_PROVIDER_DIR	"issuers"

struct nhi_provider {
	char *name;
	char *preset;
	char *url;		/* its iss; discovery is below it */
	char *jwks;		/* path of the key set */
	char *jwks_url;		/* "": by discovery */
	char *ca_file;		/* "": the host's CAs */
	char *bearer_file;	/* "": no token is sent */
	char *proxy;		/* "": none */
	struct nhi_list hosts;	/* a redirect may lead there, too */
	int64_t stale;		/* seconds */
	bool pinned;		/* nothing is fetched */
};

void		 nhi_provider_format(const struct nhi_provider *,
		    struct nhi_buf *);

/* NHI_ERR_POLICY_INVALID for anything that _format did not write. */
enum nhi_err	 nhi_provider_parse(struct nhi_span, struct nhi_provider *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * NHI_ERR_INPUT: the policy has no issuer of this name.
 * NHI_ERR_POLICY_UNREADABLE, NHI_ERR_POLICY_INVALID.
 */
enum nhi_err	 nhi_provider_find(const struct nhi_policy *, const char *name,
		    struct nhi_provider *ret, struct nhi_why *) NHI_MUST;

void		 nhi_provider_wipe(struct nhi_provider *);

#endif
