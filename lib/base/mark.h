/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spent tokens.  marks/<64 hex of SHA-256 over the signing input> is a
 * symbolic link with the text <key fingerprint or ->:<exp>, made with
 * symlinkat and synced with its directory before anything is given for it.
 * Root (PAM) and the issuer share the directory and see each other's.
 */
#ifndef NHI_BASE_MARK_H
#define NHI_BASE_MARK_H

#include "lib/base/rules.h"

#define NHI_MARK_SIZE	32

struct nhi_mark {
	uint8_t hash[NHI_MARK_SIZE];
	const char *key;	/* "SHA256:..." of the SSH key; NULL: none */
	int64_t exp;		/* keep until then (skew added by the caller) */
	bool never;		/* good once, whatever the key */
};

/*
 * NHI_OK: spent now, or before with the same key (and never is not set; a
 * token without key is never good twice).  NHI_ERR_REPLAY, NHI_ERR_STATE.
 */
enum nhi_err	 nhi_mark_spend(const char *marks, const struct nhi_mark *,
		    struct nhi_why *) NHI_MUST;

#define NHI_MARK_NAME	(2 * NHI_MARK_SIZE + 1)
#define NHI_MARK_KEY	81

/*
 * Is there a mark of this name (64 hex digits)?  1 and the key that it was
 * spent with ("-": none), 0, or -1 with errno; the directory is root's and the
 * issuer's to read.
 */
int		 nhi_mark_find(const char *marks, const char *name,
		    char out_key[static NHI_MARK_KEY]);

/* tick: remove marks that expired before now; how many went and stayed. */
enum nhi_err	 nhi_mark_sweep(const char *marks, int64_t now,
		    size_t *ret_gone, size_t *ret_kept, struct nhi_why *)
		    NHI_MUST;

#endif
