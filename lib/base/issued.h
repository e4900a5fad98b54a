/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger of what was issued here: a file issued/<serial> for each
 * certificate, lines key=value, written by the issuer and synced before the
 * certificate leaves; and a file issued/direct-<mark>-<account> for each token
 * that logged in by itself, written by root before it is granted, until the
 * token and the session's lease are over.  Who reads it believes nothing of it
 * but what it costs the issuer itself: its account could write anything there.
 */
#ifndef NHI_BASE_ISSUED_H
#define NHI_BASE_ISSUED_H

#include "lib/base/name.h"

struct nhi_issued {
	uint64_t serial;		/* 0: a token by itself */
	char account[NHI_NAME_MAX + 1];
	char identity[65];
	char mark[17];
	char jti[65];			/* of the token; "": it had none */
	char key[64];			/* SHA256:... */
	char source[64];		/* the address that asked */
	int64_t valid_after;
	int64_t valid_before;
	const char *keyid;		/* borrowed */
	const char *claims;		/* provenance, name=value;...; borrowed */
	const char *certificate;	/* the line; borrowed */
};

/* Enter it, synced; what stood in its place goes.  NHI_ERR_STATE. */
enum nhi_err	 nhi_issued_enter(const char *issued,
		    const struct nhi_issued *, struct nhi_why *) NHI_MUST;

/* Is it the name of a token's file? */
bool		 nhi_issued_direct(const char *name);

/* NHI_ERR_NO_MATCH: nothing of that serial was issued here. */
enum nhi_err	 nhi_issued_find(const char *issued, uint64_t serial,
		    struct nhi_buf *text, struct nhi_issued *ret,
		    struct nhi_why *) NHI_MUST;

/* Call fn for each entry that can be read; it returns false to stop. */
enum nhi_err	 nhi_issued_each(const char *issued,
		    bool (*fn)(const struct nhi_issued *, void *), void *arg,
		    struct nhi_why *) NHI_MUST;

/* Remove what has expired, and what nobody will finish. */
enum nhi_err	 nhi_issued_sweep(const char *issued, int64_t now,
		    uint64_t *ret_gone, struct nhi_why *) NHI_MUST;

#endif
