/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was verified a moment ago: sshd asks twice for one login, and whoever
 * read a certificate in /proc can have sshd ask a thousand times in one
 * connection, for it asks before the key is proved.  Only good verdicts are
 * kept: a bad one costs its client an attempt.  Files of our own user, whom
 * root does not believe: pam_nhi has all of it verified again.
 */
#ifndef NHI_HELPER_RECALL_H
#define NHI_HELPER_RECALL_H

#include "lib/base/verdict.h"
#include "lib/ssh/fingerprint.h"

#define NHI_RECALL_S	10	/* so long */
#define NHI_RECALL_N	64	/* so many; the next one takes a place */

struct nhi_recall {
	const char *dir;
	uint8_t question[NHI_SSH_HASH];	/* SHA-256: policy, account, bytes */
	int64_t now;
};

/* False when there is none, or it is too old, or anything is odd. */
bool	 nhi_recall_find(const struct nhi_recall *, struct nhi_verdict *ret);

/* For nothing but time: that it cannot be kept is no error. */
void	 nhi_recall_put(const struct nhi_recall *, const struct nhi_verdict *);

#endif
