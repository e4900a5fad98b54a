/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call of one PAM stage: who, by which service, from where, and what the
 * policy says of the account.  Nothing here outlives the call; what a later
 * stage must know of an earlier one is in struct nhi_pam_state.
 */
#ifndef NHI_PAM_CALL_H
#define NHI_PAM_CALL_H

#include <security/pam_modules.h>

#include "lib/base/audit.h"
#include "lib/base/policy.h"
#include "lib/base/session.h"
#include "lib/base/source.h"
#include "lib/base/verifier.h"

/* How a service may enter an NHI account. */
enum nhi_pam_entry {
	NHI_ENTRY_SSHD,		/* with NHI evidence */
	NHI_ENTRY_LEASE,	/* a live lease suffices (systemd-user) */
	NHI_ENTRY_PERSON,	/* by root or a person (su, runuser, sudo -u) */
	NHI_ENTRY_SUDO,		/* the account itself calls sudo */
	NHI_ENTRY_CRON,		/* when policy says so */
	NHI_ENTRY_OTHER,	/* not at all */
};

struct nhi_pam_call {
	pam_handle_t *pamh;
	const char *user;		/* libpam's */
	const char *service;
	const char *ruser;		/* "" when unknown */
	char source[NHI_SOURCE_SIZE];	/* "" when unknown */
	bool defer;			/* argument: tell now, refuse later */
	bool use_first_pass;		/* arguments of the auth line */
	bool try_first_pass;
	const char *token_file;		/* the argument's; NULL: none */
	int64_t now;
	enum nhi_pam_entry entry;
	struct nhi_policy policy;
	struct nhi_host host;
	struct nhi_account account;
	struct nhi_rules *rules;
	uint32_t uid;			/* of the account, once known */
	bool here_only;			/* refused by what no other layer asks */
	struct nhi_session caller;	/* sudo: the session that calls it */
};

/* Whose name it is. */
enum nhi_pam_owner {
	NHI_OWNER_OTHER,		/* not ours: PAM_IGNORE, no more I/O */
	NHI_OWNER_ACCOUNT,
	NHI_OWNER_ISSUER,
	NHI_OWNER_UNKNOWN,		/* ours, and state cannot be read */
};

/* PAM_USER and whose it is; costs a person's login one readlink. */
enum nhi_pam_owner	 nhi_pam_owner(pam_handle_t *, const char **ret_user);

/* The same of a name. */
enum nhi_pam_owner	 nhi_pam_owner_of(pam_handle_t *, const char *name);

/* The words of the PAM line alone, which stay the caller's. */
enum nhi_err	 nhi_pam_arguments(struct nhi_pam_call *, int argc,
		    const char **argv, struct nhi_why *) NHI_MUST;

/*
 * Fill the call: arguments, items, policy, rules.  Refuses unknown module
 * arguments (NHI_ERR_POLICY_INVALID) and a policy that cannot be read.
 */
enum nhi_err	 nhi_pam_call_begin(struct nhi_pam_call *, pam_handle_t *,
		    int argc, const char **argv, struct nhi_why *) NHI_MUST;
void		 nhi_pam_call_end(struct nhi_pam_call *);

/*
 * What one stage leaves for the next in the same process; absence is no
 * error, since sshd's keyboard-interactive stages run in another process.
 */
struct nhi_pam_state {
	char user[NHI_NAME_MAX + 1];	/* PAM_USER of what follows */
	bool told;			/* refused and recorded at account */
	int denied;			/* the same, and not deferred: how */
	char refusal[64];		/* of the issuer: NHI_REFUSED_ENV */
	bool passed;			/* account stage: yes */
	bool token;			/* auth stage took a token */
	bool opened;			/* session is the record below */
	bool by_person;
	struct nhi_session session;
	struct nhi_verifier_ahead ahead;	/* account to open_session */
};

/*
 * The state of this handle, made on first use; NULL without memory.  A module
 * may change PAM_USER: what was decided of another name counts for nothing,
 * but a session that is open stays to be closed.
 */
struct nhi_pam_state	*nhi_pam_state(pam_handle_t *);

/* The same without making it: NULL when there is none. */
struct nhi_pam_state	*nhi_pam_state_find(pam_handle_t *);

#endif
