/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the published policy.  A generation is a directory that never
 * changes once `current` names it; a reader opens one generation and stays
 * with it.
 *
 *	published/current		-> <generation>, a decimal number
 *	published/<generation>/digest	a file: 64 hex digits
 *	published/<generation>/host	a file: struct nhi_host
 *	published/<generation>/names/<account>	   -> <home>:<shell>:<gid>,...
 *	published/<generation>/templates/<prefix> -> <pattern>:<home>:<shell>:...
 *	published/<generation>/rules/<account or prefix>	files, rules.h
 *	published/<generation>/issuers/<name>			files, provider.h
 *
 * -> is a symbolic link's text.  UIDs are in the registry alone (registry.h).
 */
#ifndef NHI_BASE_POLICY_H
#define NHI_BASE_POLICY_H

#include "lib/base/name.h"
#include "lib/base/rules.h"

#define NHI_ACCOUNT_GROUPS	32	/* supplementary groups, at most */
#define NHI_ACCOUNT_TEXT	192	/* bytes of a home or a shell */
#define NHI_GENERATION_SIZE	24
#define NHI_ACCOUNT_GECOS	"NHI machine account"

enum nhi_account_kind {
	NHI_ACCOUNT_DECLARED,		/* its name stands in the policy */
	NHI_ACCOUNT_TEMPLATE,		/* its name fits a pattern */
};

/* What the policy says of an account; no allocation (NSS reads it too). */
struct nhi_account {
	char name[NHI_NAME_MAX + 1];
	enum nhi_account_kind kind;
	char key[NHI_NAME_MAX + 1];	/* name, or the template's prefix */
	char home[NHI_ACCOUNT_TEXT];
	char shell[NHI_ACCOUNT_TEXT];
	uint32_t groups[NHI_ACCOUNT_GROUPS];	/* accounts' group first */
	size_t ngroups;
};

/*
 * Find the account in the generation (a path, or ".../published/current").
 * The name is checked before any I/O.  1 found, 0 not the policy's, -1 with
 * errno when it cannot be told.  A template's home that ends in '/' gets the
 * name appended.
 */
int		 nhi_account_find(const char *generation, const char *name,
		    struct nhi_account *ret);

/* What the policy says of the host itself. */
struct nhi_host {
	char *id;
	struct nhi_list labels;
	bool issues;			/* has an issuing account */
	uint32_t per_source;		/* live connections of the issuer */
	uint32_t total;
	struct nhi_list issue_from;	/* CIDRs; empty: anywhere */
	bool permit_tty;		/* of the drop-in */
	bool permit_forwarding;
	bool keyboard;			/* tokens by keyboard-interactive */
	bool direct;			/* an identity has direct = true */
	int64_t retention;		/* of a UID after its last use, s */
};

void		 nhi_host_format(const struct nhi_host *, struct nhi_buf *);
enum nhi_err	 nhi_host_parse(struct nhi_span, struct nhi_host *ret,
		    struct nhi_why *) NHI_MUST;
void		 nhi_host_wipe(struct nhi_host *);

struct nhi_policy {
	char path[512];			/* of the generation */
	char generation[NHI_GENERATION_SIZE];
	char digest[NHI_DIGEST_HEX + 1];
};

/* Open the current generation below `published` (NHI_PUBLISHED_DIR). */
enum nhi_err	 nhi_policy_open(const char *published, struct nhi_policy *ret,
		    struct nhi_why *) NHI_MUST;

/* Open a generation by its number, as a caller named it. */
enum nhi_err	 nhi_policy_open_generation(const char *published,
		    const char *generation, struct nhi_policy *ret,
		    struct nhi_why *) NHI_MUST;

enum nhi_err	 nhi_policy_host(const struct nhi_policy *,
		    struct nhi_host *ret, struct nhi_why *) NHI_MUST;

/*
 * Rules of an account: NHI_ERR_ACCOUNT_RESERVED, NHI_ERR_ACCOUNT_UNKNOWN,
 * NHI_ERR_POLICY_UNREADABLE or NHI_ERR_POLICY_INVALID when there are none.
 */
enum nhi_err	 nhi_policy_rules(const struct nhi_policy *, const char *name,
		    struct nhi_account *ret_account, struct nhi_rules **ret,
		    struct nhi_why *) NHI_MUST;

#endif
