/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has which UID.  sshd freezes the answer of its first getpwnam and PAM
 * cannot see it, so a lookup never probes, and the account stage decides by
 * what a lookup can have answered since the connection began.
 *
 *	uids/salt		16 random bytes, root 0600
 *	uids/changed		-> <boot>:<ticks>:<lo>:<hi>; the UID range and when
 *				it (or the salt) last changed, in one link, so
 *				that a reader cannot see one without the other
 *	uids/name/<name>	-> <uid>:first|set:<boot>:<ticks>
 *	uids/uid/<uid>		-> <name>; made with O_EXCL semantics, so that no
 *				two names ever share a UID; stays as tombstone
 *
 * All functions take the directory (NHI_UIDS_DIR).  Writers are root's and
 * take the lock `uids/.lock` themselves; readers take none.
 */
#ifndef NHI_BASE_REGISTRY_H
#define NHI_BASE_REGISTRY_H

#include "lib/base/name.h"
#include "lib/base/stamp.h"

#define NHI_UID_MIN	65536u		/* below it nss_nhi does no I/O */
#define NHI_UID_MAX	2147483646u
#define NHI_UID_LO	2000300000u	/* default range */
#define NHI_UID_HI	2147483646u

struct nhi_uid_range {
	uint32_t lo;
	uint32_t hi;			/* inclusive */
	struct nhi_stamp changed;
};

struct nhi_uid_entry {
	uint32_t uid;
	bool first;			/* by a first login, with the hash UID */
	struct nhi_stamp stamp;
};

/* Lookups: 1 found, 0 there is none, -1 with errno.  No allocation. */
int		 nhi_registry_find(const char *uids, const char *name,
		    struct nhi_uid_entry *ret);
int		 nhi_registry_owner(const char *uids, uint32_t uid,
		    char ret[static NHI_NAME_MAX + 1]);
int		 nhi_registry_range(const char *uids,
		    struct nhi_uid_range *ret);

/* The pure function: SipHash-2-4(salt, name) reduced into the range. */
int		 nhi_registry_hash(const char *uids, const char *name,
		    const struct nhi_uid_range *, uint32_t *ret);

/*
 * What getpwnam answers: the entry's UID, or (callers of euid 0 only) the
 * hash.  1, 0 or -1 as above.
 */
int		 nhi_registry_lookup(const char *uids, const char *name,
		    uint32_t *ret);

/*
 * The account stage: the UID that every lookup since then has answered, where
 * since is when the connection began.
 *	no entry	the name claims its hash UID and gets a first entry, if
 *			the range is older than the connection; where the number
 *			is another name's, it gets a set entry with a free one
 *			and is refused this time
 *	first entry	good if the range is older, whatever the entry's age
 *	set entry	good if the entry is older
 * NHI_ERR_UID_MOVED: it may have been another UID; a retry passes.
 * NHI_ERR_UID_EXHAUSTED, NHI_ERR_STATE.
 */
enum nhi_err	 nhi_registry_claim(const char *uids, const char *name,
		    const struct nhi_stamp *since, uint32_t *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * The same for entries by a person: needs an entry (NHI_ERR_ACCOUNT_UNKNOWN
 * where there is none), writes nothing.
 */
enum nhi_err	 nhi_registry_check(const char *uids, const char *name,
		    const struct nhi_stamp *since, uint32_t *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * apply, for a declared account: the entry it has, or a set entry with the
 * wanted UID (0: the hash, or the next free number).  NHI_ERR_STATE, or
 * NHI_ERR_UID_EXHAUSTED when the wanted UID is another name's.
 */
enum nhi_err	 nhi_registry_set(const char *uids, const char *name,
		    uint32_t wanted, uint32_t *ret, struct nhi_why *) NHI_MUST;

/*
 * The last use of a UID is the time of its link: sessions, and tick for what
 * is in use, set it to now, never back.  Nothing depends on its success.
 */
void		 nhi_registry_touch(const char *uids, uint32_t uid);

/*
 * tick: numbers that nobody used since `before` go, with the entry of their
 * name.  `since` is the sweep before this one, 0 for none.  used: 1 (its time
 * is set to now), 0, or -1 (left alone).  leave, for one that is to go: what
 * the name owned goes first.  The caller holds the lock of the leases, so
 * that no session opens meanwhile.
 */
struct nhi_registry_sweep {
	const char *uids;
	int64_t now;
	int64_t before;
	int64_t since;
	int (*used)(const char *name, uint32_t uid, void *);
	enum nhi_err (*leave)(const char *name, uint32_t uid, void *,
	    struct nhi_why *);
	void *arg;
};
enum nhi_err	 nhi_registry_sweep(const struct nhi_registry_sweep *,
		    uint64_t *ret_gone, struct nhi_why *) NHI_MUST;

/* apply: write the range where it differs, with a new stamp. */
enum nhi_err	 nhi_registry_set_range(const char *uids, uint32_t lo,
		    uint32_t hi, struct nhi_why *) NHI_MUST;

/* setup: make the directories and, once, the salt. */
enum nhi_err	 nhi_registry_init(const char *uids, struct nhi_why *)
		    NHI_MUST;

#endif
