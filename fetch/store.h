/* SPDX-License-Identifier: BSD-2-Clause */
/* The cache of one issuer, as its sole writer keeps it. */
#ifndef NHI_FETCH_STORE_H
#define NHI_FETCH_STORE_H

#include "lib/base/cache.h"
#include "lib/base/provider.h"

struct nhi_store {
	const struct nhi_provider *provider;
	int lock;		/* held; -1: not */
	struct nhi_cache meta;
};

/*
 * Take the lock, waiting for whoever has it until the deadline
 * (nhi_clock_ms), and read what is there.  NHI_ERR_CAP: somebody else still
 * fetches.  NHI_ERR_STATE.
 */
enum nhi_err	 nhi_store_open(struct nhi_store *, int64_t deadline,
		    struct nhi_why *) NHI_MUST;
void		 nhi_store_close(struct nhi_store *);

/* The lock by itself, by its path. */
enum nhi_err	 nhi_store_lock(const char *path, int64_t deadline,
		    int *ret_fd, struct nhi_why *) NHI_MUST;

/* Was there an attempt a moment ago?  A refresh that is due? */
bool		 nhi_store_recent(const struct nhi_store *, int64_t now);
bool		 nhi_store_due(const struct nhi_store *, int64_t now);

/*
 * An attempt begins: mark it.  What is there of another url is removed and
 * forgotten first.
 */
enum nhi_err	 nhi_store_begin(struct nhi_store *, struct nhi_why *)
		    NHI_MUST;

/* It ended: with a new set, with the same one, or with a fault. */
enum nhi_err	 nhi_store_replace(struct nhi_store *, struct nhi_span set,
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_store_touch(struct nhi_store *, struct nhi_why *)
		    NHI_MUST;
enum nhi_err	 nhi_store_note(struct nhi_store *, struct nhi_why *)
		    NHI_MUST;

#endif
