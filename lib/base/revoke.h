/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Revocations of certificates, each a symbolic link that is looked up by
 * name: revoked/serial/<decimal>, revoked/identity/<name>,
 * revoked/mark/<16 hex>, revoked/key/<64 hex>
 *	-> <id> <time> <by> <reason>
 * An identity's revocation strikes the certificates that were made up to its
 * time; the others strike always.  Fails closed.
 */
#ifndef NHI_BASE_REVOKE_H
#define NHI_BASE_REVOKE_H

#include "lib/base/rules.h"

enum nhi_revoke_kind {
	NHI_REVOKE_SERIAL, NHI_REVOKE_IDENTITY, NHI_REVOKE_MARK,
	NHI_REVOKE_KEY,
};

struct nhi_revocation {
	enum nhi_revoke_kind kind;
	char name[65];			/* serial, identity, mark or key */
	char id[33];
	int64_t time;			/* seconds since 1970 */
	char by[65];
	char reason[257];
};

/* What is known of a certificate; members may be 0 or NULL: not asked. */
struct nhi_revoke_query {
	uint64_t serial;
	const char *identity;
	const char *mark;		/* 16 hex digits */
	const char *key;		/* 64 hex digits: SHA-256 of the key */
	int64_t valid_after;		/* made NHI_CERT_BACKDATE later */
};

/* Is it the name of such a revocation, as above? */
bool		 nhi_revoke_valid(enum nhi_revoke_kind, const char *name);

/* NHI_OK, NHI_ERR_CERT_REVOKED or NHI_ERR_STATE. */
enum nhi_err	 nhi_revoke_check(const char *revoked,
		    const struct nhi_revoke_query *, struct nhi_why *)
		    NHI_MUST;
/*
 * Under the lock of the directory.  What stands there is replaced; but an
 * identity's time does not go back, whatever the clock did: what is struck
 * stays struck.
 */
enum nhi_err	 nhi_revoke_add(const char *revoked,
		    const struct nhi_revocation *, struct nhi_why *) NHI_MUST;
/* NHI_ERR_NO_MATCH: there is none. */
enum nhi_err	 nhi_revoke_remove(const char *revoked, enum nhi_revoke_kind,
		    const char *name, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_revoke_each(const char *revoked,
		    bool (*fn)(const struct nhi_revocation *, void *),
		    void *arg, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_revoke_init(const char *revoked, struct nhi_why *)
		    NHI_MUST;

#endif
