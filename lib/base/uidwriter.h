/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The writing side of the registry: root's, one process at a time.  For
 * registry_claim.c and registry_apply.c only.
 *
 * Order of a claim: the number (symlinkat is O_EXCL, so no two names ever
 * have it), its directory synced, then the entry by rename, synced.  A crash
 * between leaves a number that points to a name without that entry; the same
 * name may take it again, nobody else.
 *
 * A stamp must not be older than the moment at which readers began to see
 * what it stands for: a connection that began between would be believed with
 * the answer it got before.  Hence two writes: visible first, with a stamp
 * that is younger than everything, then with the time.  A crash between the
 * two refuses logins (uid-moved) until the next claim or apply puts a time
 * there.
 */
#ifndef NHI_BASE_UIDWRITER_H
#define NHI_BASE_UIDWRITER_H

#include "lib/base/registry.h"
#include "lib/base/taken.h"

struct nhi_uidwriter {
	const char *uids;
	const char *name;		/* of the account, or NULL */
	int lock;
	int names;			/* directories */
	int numbers;
	struct nhi_uid_range range;
	struct nhi_taken taken;
	struct nhi_why *why;
};

#define NHI_UIDWRITER(u, n, w) { .uids = (u), .name = (n), .lock = -1,	\
	.names = -1, .numbers = -1, .why = (w) }

/* Check the name, open the directories, wait for the lock. */
enum nhi_err	 nhi_uidwriter_open(struct nhi_uidwriter *) NHI_MUST;
void		 nhi_uidwriter_close(struct nhi_uidwriter *);

/* NHI_ERR_STATE with errno's text. */
enum nhi_err	 nhi_uidwriter_fail(const struct nhi_uidwriter *,
		    const char *what);

/* Read the range into w->range, and finish what a crash left of it. */
enum nhi_err	 nhi_uidwriter_range(struct nhi_uidwriter *) NHI_MUST;

/* Make what w->range says visible; then, when all is done, give it its time. */
enum nhi_err	 nhi_uidwriter_begin(struct nhi_uidwriter *) NHI_MUST;
enum nhi_err	 nhi_uidwriter_end(struct nhi_uidwriter *) NHI_MUST;

/* Write the entry of a number that was taken. */
enum nhi_err	 nhi_uidwriter_entry(const struct nhi_uidwriter *,
		    uint32_t uid, bool first) NHI_MUST;

/*
 * An entry as it was found: check that its number is the name's, and finish
 * what a crash left of it.
 */
enum nhi_err	 nhi_uidwriter_settle(const struct nhi_uidwriter *,
		    struct nhi_uid_entry *) NHI_MUST;

/* Take the number for the name; *ret tells whether it is the name's now. */
enum nhi_err	 nhi_uidwriter_take(struct nhi_uidwriter *, uint32_t uid,
		    bool *ret) NHI_MUST;

/*
 * Take the hash of the name, or the next number that is free, upwards and
 * around.
 */
enum nhi_err	 nhi_uidwriter_place(struct nhi_uidwriter *,
		    uint32_t *ret_hash, uint32_t *ret) NHI_MUST;

/* NHI_ERR_STATE unless the number is the name's. */
enum nhi_err	 nhi_uidwriter_owner(const char *uids, const char *name,
		    uint32_t uid, struct nhi_why *) NHI_MUST;

#endif
