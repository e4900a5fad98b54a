/* SPDX-License-Identifier: BSD-2-Clause */
/* Would sshd let the user in at all?  Parts of dropin_check.c. */
#ifndef NHI_NHICTL_DROPIN_ADMIT_H
#define NHI_NHICTL_DROPIN_ADMIT_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "nhictl/sshd.h"

/* A user, what sshd -T says for him, and where findings go. */
struct nhi_dropin_subject {
	const struct nhi_sshd_who *who;
	struct nhi_span config;
	struct nhi_buf *findings;
};

/* The next value of a word in sshd's answer. */
bool	 nhi_dropin_next(struct nhi_span *config, const char *word,
	    struct nhi_span *ret);

/* Begin a finding. */
void	 nhi_dropin_put_subject(const struct nhi_dropin_subject *);

/*
 * Allow<who> and Deny<who> ("Users", "Groups") held against names, of which
 * the last is the one to add.
 */
void	 nhi_dropin_lists(const struct nhi_dropin_subject *, const char *who,
	    const char *const names[], size_t n);

/*
 * AllowGroups and its kin are the administrator's: what they refuse is told,
 * and not overridden.
 */
void	 nhi_dropin_admit(const struct nhi_dropin_subject *);

/* Certificates must be among the key types that sshd takes. */
void	 nhi_dropin_algorithms(const struct nhi_dropin_subject *);

#endif
