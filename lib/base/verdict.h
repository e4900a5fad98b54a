/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of nhi-verify and what it answers: one record each, of fixed
 * layout, integers big-endian.
 *
 * Request:  "NHIQ" | u16 version | nonce 16 | u64 time | u8 kind |
 *	     u32 length | bytes
 * Verdict:  "NHIV" | u16 version | u32 total length | nonce 16 |
 *	     u16 reason | u32 identity | policy digest 32 | mark 32 |
 *	     u64 iat | u64 exp | key 32 | u64 serial | u64 valid after |
 *	     u64 valid before | u16 length | lines name=value
 *
 * The lines are printable ASCII and go into the audit record, nowhere else.
 */
#ifndef NHI_BASE_VERDICT_H
#define NHI_BASE_VERDICT_H

#include "lib/base/buf.h"

#define NHI_VERDICT_NONCE	16
#define NHI_VERDICT_BYTES	65536	/* of a token or certificate */
#define NHI_VERDICT_LINES	1536	/* bytes of name=value lines */
#define NHI_VERDICT_DETAIL	216	/* of them, for why it was refused */
#define NHI_VERDICT_TEXT	256	/* of a text of the token */
#define NHI_VERDICT_CLAIM	128	/* of a claim: what a record keeps */
#define NHI_VERDICT_FIXED	170	/* bytes before the lines */
#define NHI_VERDICT_MAX		(NHI_VERDICT_FIXED + NHI_VERDICT_LINES)
#define NHI_REQUEST_FIXED	35	/* bytes before the token */
#define NHI_VERDICT_NONE	UINT32_MAX	/* no identity */
#define NHI_VERDICT_TIME	(INT64_MAX / 2)	/* the last one */

/* Direct: a certificate that its own key signed, with a token in it. */
enum nhi_verdict_kind {
	NHI_KIND_TOKEN = 1, NHI_KIND_CERTIFICATE = 2, NHI_KIND_DIRECT = 3,
};

struct nhi_request {
	uint8_t nonce[NHI_VERDICT_NONCE];
	int64_t now;
	enum nhi_verdict_kind kind;
	struct nhi_span bytes;		/* borrowed */
};

struct nhi_verdict {
	uint8_t nonce[NHI_VERDICT_NONCE];
	enum nhi_err reason;
	uint32_t identity;		/* index among the account's rules */
	uint8_t digest[32];
	uint8_t mark[32];		/* of a certificate: 8 bytes of it */
	int64_t iat;
	int64_t exp;
	uint8_t key[32];		/* SHA-256 of the certified SSH key */
	uint64_t serial;
	int64_t valid_after;
	int64_t valid_before;
	size_t nlines;
	char lines[NHI_VERDICT_LINES + 1];
};

void	 nhi_request_format(const struct nhi_request *, struct nhi_buf *);

/* NHI_ERR_INTERNAL: not a request.  bytes borrows from the span. */
enum nhi_err	 nhi_request_parse(struct nhi_span, struct nhi_request *ret,
		    struct nhi_why *) NHI_MUST;

void	 nhi_verdict_format(const struct nhi_verdict *, struct nhi_buf *);

/* NHI_ERR_VERIFIER unless it is exactly one well-formed verdict. */
enum nhi_err	 nhi_verdict_parse(struct nhi_span, struct nhi_verdict *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * Add a line; bytes outside ' ' to '~' become '?', a line that does not fit
 * is left out.
 */
void	 nhi_verdict_line(struct nhi_verdict *, const char *name,
	    struct nhi_span value);

/* Value of the first line with this name into out, cut to fit; "" if none. */
void	 nhi_verdict_value(const struct nhi_verdict *, const char *name,
	    char *out, size_t size);

#define NHI_VERDICT_MARK	17

/* The mark as records have it, 16 hex digits; "" when there is none. */
void	 nhi_verdict_mark(const struct nhi_verdict *,
	    char out[static NHI_VERDICT_MARK]);

/* Provenance: the lines claim.<name>=<value>, without that prefix. */
void	 nhi_verdict_claims(const struct nhi_verdict *, struct nhi_buf *);

/* The same in one line, joined by ';': for a certificate and the ledger. */
void	 nhi_verdict_provenance(const struct nhi_verdict *, struct nhi_buf *);

#endif
