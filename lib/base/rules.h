/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compiled rules of one account, as they stand in one small file of the
 * published policy.  The compiler (conf/) makes them, everybody else reads
 * them: nhi-verify for the matches, root's processes for everything that must
 * not come from a verdict (names, lifetimes, sources).
 *
 * The file is text: one record a line, words parted by one blank, each word
 * percent-encoded outside '!' to '~' ('%' alone is the empty word).
 */
#ifndef NHI_BASE_RULES_H
#define NHI_BASE_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"

#define NHI_RULES_MAX		(4U << 20)	/* bytes of a file */
#define NHI_RULES_IDENTITIES	4096		/* that share one account */
#define NHI_RULES_LIST		128		/* words of any list */
#define NHI_RULES_MATCHES	64		/* of one identity */
#define NHI_DIGEST_HEX		64

/* A certificate begins that many seconds before it was made (clock skew). */
#define NHI_CERT_BACKDATE	60

/* The longest ttl that a policy can give a certificate, in seconds. */
#define NHI_CERT_TTL_MAX	(24 * 60 * 60)

/* The longest life, and the longest grace, that one can give a token. */
#define NHI_TOKEN_LIFE_MAX	(7 * 24 * 60 * 60)
#define NHI_TOKEN_GRACE_MAX	(24 * 60 * 60)

/* A list of strings; owned. */
struct nhi_list {
	char **p;
	size_t n;
};

enum nhi_op { NHI_OP_IS, NHI_OP_IN, NHI_OP_PREFIX, NHI_OP_GLOB };
enum nhi_type { NHI_TYPE_STRING, NHI_TYPE_INTEGER, NHI_TYPE_BOOLEAN };

struct nhi_match {
	struct nhi_list claim;		/* path: member names, outermost first */
	enum nhi_op op;
	enum nhi_type type;		/* of all values */
	struct nhi_list values;		/* integers in decimal, "true", "false" */
};

/* Bits of nhi_issuer.algs. */
enum nhi_alg_bit {
	NHI_ALG_RS256 = 1 << 0, NHI_ALG_RS384 = 1 << 1, NHI_ALG_RS512 = 1 << 2,
	NHI_ALG_PS256 = 1 << 3, NHI_ALG_PS384 = 1 << 4, NHI_ALG_PS512 = 1 << 5,
	NHI_ALG_ES256 = 1 << 6, NHI_ALG_ES384 = 1 << 7, NHI_ALG_ES512 = 1 << 8,
	NHI_ALG_EDDSA = 1 << 9,
	NHI_ALG_ALL = (1 << 10) - 1
};

/* What is demanded of an issuer's tokens.  Times are in seconds. */
struct nhi_issuer {
	char *name;
	char *preset;
	char *url;			/* compared with iss, byte for byte */
	char *jwks;			/* path of the key set */
	bool pinned;			/* the file is the administrator's */
	uint32_t algs;			/* enum nhi_alg_bit */
	struct nhi_list audience;	/* one of them must be in aud */
	int64_t skew;
	int64_t max_lifetime;		/* exp - iat; 0: no limit */
	int64_t max_age;		/* now - iat; 0: no limit */
	int64_t grace;			/* a certificate may outlive exp by it */
	int64_t floor;			/* iat must not be before; 0: none */
	int64_t stale;			/* a cached key set may be that old */
	bool need_iss;			/* false: SPIFFE */
	bool need_iat;
	bool bind_key;			/* aud must hold the SSH key's SHA256 */
	bool reuse_never;		/* a token is good once, whatever key */
	struct nhi_list *provenance;	/* claim paths for the audit trail */
	size_t nprovenance;
};

struct nhi_identity {
	char *name;
	char *owner;
	char *purpose;
	int64_t expires;		/* seconds since 1970 */
	size_t issuer;			/* index into issuers */
	char *account;			/* name, or template with {claim}s */
	struct nhi_match *matches;	/* AND */
	size_t nmatches;
	int64_t ttl;			/* of a certificate */
	struct nhi_list source;		/* CIDRs; empty: anywhere */
	struct nhi_list window;		/* "mon-fri 08:00-18:00"; empty: always */
	struct nhi_list sudo;
	char *force_command;		/* "": none */
	uint32_t max_sessions;		/* 0: no limit */
	bool pty;
	bool forwarding;
	bool cron;
	bool direct;			/* a token bound to the key logs in */
	bool remove_home;
};

struct nhi_rules {
	char digest[NHI_DIGEST_HEX + 1];	/* of the whole policy */
	struct nhi_issuer *issuers;
	size_t nissuers;
	struct nhi_identity *identities;	/* sorted by name */
	size_t nidentities;
};

/* Text of the rules; sticky errors in the buffer. */
void		 nhi_rules_format(const struct nhi_rules *, struct nhi_buf *);

/* NHI_ERR_POLICY_INVALID for anything that nhi_rules_format did not write. */
enum nhi_err	 nhi_rules_parse(struct nhi_span, struct nhi_rules **ret,
		    struct nhi_why *) NHI_MUST;
void		 nhi_rules_free(struct nhi_rules *);
void		 nhi_rules_freep(struct nhi_rules **);

/* May a token bound to the key log in by itself: as this; at all? */
bool		 nhi_identity_direct(const struct nhi_rules *,
		    const struct nhi_identity *);
bool		 nhi_rules_direct(const struct nhi_rules *);

/* Free what an embedded one owns. */
void		 nhi_issuer_wipe(struct nhi_issuer *);
void		 nhi_identity_wipe(struct nhi_identity *);
void		 nhi_match_wipe(struct nhi_match *);

/* Append a copy; NHI_ERR_NO_MEMORY, or NHI_ERR_TOO_LARGE over the limit. */
enum nhi_err	 nhi_list_add(struct nhi_list *, struct nhi_span) NHI_MUST;
bool		 nhi_list_has(const struct nhi_list *, const char *);
void		 nhi_list_wipe(struct nhi_list *);

/* Words of the published format: put one, cut one (decoded in a new string). */
void		 nhi_word_put(struct nhi_buf *, struct nhi_span);
enum nhi_err	 nhi_word_cut(struct nhi_span *line, char **ret) NHI_MUST;

/* Name of an algorithm's bit and back; NULL and 0 for others. */
const char	*nhi_alg_name(uint32_t bit);
uint32_t	 nhi_alg_find(struct nhi_span);

#endif
