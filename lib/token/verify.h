/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One token in, a verified identity or the reason against it out.  No file,
 * no clock, no locale; after nhi_token_warm_up nothing is loaded any more.
 */
#ifndef NHI_TOKEN_VERIFY_H
#define NHI_TOKEN_VERIFY_H

#include "lib/token/json.h"

struct nhi_issuer;

#define NHI_TOKEN_MARK	32

/* An issuer and the key set that was opened for it. */
struct nhi_token_source {
	const struct nhi_issuer *issuer;
	struct nhi_span jwks;		/* p NULL: there is none */
	enum nhi_err fault;	/* the answer when a key is needed */
};

struct nhi_token_request {
	struct nhi_span token;		/* exactly; no newline is forgiven */
	const struct nhi_token_source *sources;
	size_t nsources;		/* at least one */
	int64_t now;			/* seconds since 1970 */
	const char *fingerprint;	/* SSH key's "SHA256:...", or NULL */
	bool signature_only;		/* stop after the signature */
	bool sealed;	/* every audience must hold the fingerprint */
	/*
	 * A refusal's own; each may be NULL.  By whose rules, where it was
	 * before the signature; left alone otherwise.  What an issuer did sign
	 * and is refused all the same, for the record of it (freed by the
	 * caller), or NULL; of several of one url both may be there.
	 */
	size_t *ret_tried;
	struct nhi_token **ret_refused;
};

/* Spans borrow header and claims.  All of it is verified. */
struct nhi_token {
	size_t source;			/* which of the request's */
	uint32_t alg;			/* enum nhi_alg_bit */
	struct nhi_span kid;		/* p NULL: the token has none */
	uint8_t mark[NHI_TOKEN_MARK];	/* SHA-256 of header.payload */
	struct nhi_value header;
	/* From here on empty when the request was signature_only. */
	struct nhi_value claims;
	struct nhi_span subject;	/* p NULL: not there */
	struct nhi_span jti;
	int64_t iat;			/* -1: not there */
	int64_t exp;
};

/*
 * With several sources, the token's own iss says which are tried; if it is
 * none of theirs, the first one.  Where several are tried and all refuse, one
 * is told: whose keys can still be fetched, or who signed it, or the first.
 * Any code of the groups input, algorithm and key, claims; NHI_ERR_NO_MEMORY,
 * NHI_ERR_INTERNAL.
 */
enum nhi_err	 nhi_token_verify(const struct nhi_token_request *,
		    struct nhi_token **ret, struct nhi_why *) NHI_MUST;

void		 nhi_token_free(struct nhi_token *);
void		 nhi_token_freep(struct nhi_token **);

#endif
