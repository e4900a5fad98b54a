/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands beside a fetched key set, <issuer>.meta beside <issuer>.json:
 * whose it is, how it came, and what went wrong last.  nhi-fetch writes it;
 * nhi-verify and nhictl read it.  The age of the set is the mtime of its file.
 *
 * Invariant: while the file names a url, no key set of another url is there.
 */
#ifndef NHI_BASE_CACHE_H
#define NHI_BASE_CACHE_H

#include "lib/base/buf.h"

#define NHI_CACHE_META_MAX	(16U << 10)	/* bytes of the file */
#define NHI_CACHE_URL		1024
#define NHI_CACHE_WORD		256		/* of an ETag, at most */
#define NHI_CACHE_NEXT_MIN	300		/* s between refreshes */
#define NHI_CACHE_NEXT_MAX	(6 * 3600)
#define NHI_CACHE_RATE		10		/* s between asked fetches */

struct nhi_cache {
	char url[NHI_CACHE_URL + 1];	/* of the issuer */
	char from[NHI_CACHE_URL + 1];	/* of the key set; "": not known */
	char etag[NHI_CACHE_WORD + 1];
	char modified[NHI_CACHE_WORD + 1];	/* Last-Modified */
	int64_t max_age;		/* s; of Cache-Control; 0: none */
	int64_t keys;			/* in the set */
	int64_t fetched;		/* last answer that was good; 0: none */
	int64_t next;			/* when to refresh */
	enum nhi_err fault;		/* of the last attempt; NHI_OK: good */
	int64_t fault_time;
	char detail[200];		/* of the fault */
};

void		 nhi_cache_format(const struct nhi_cache *, struct nhi_buf *);

/* NHI_ERR_STATE for anything that nhi_cache_format did not write. */
enum nhi_err	 nhi_cache_parse(struct nhi_span, struct nhi_cache *ret,
		    struct nhi_why *) NHI_MUST;

/* Path of the file beside a key set's; false when it does not fit. */
bool		 nhi_cache_path(const char *jwks, char *out, size_t size);

/* NHI_ERR_STATE, with errno ENOENT when there is none. */
enum nhi_err	 nhi_cache_load(const char *jwks, struct nhi_cache *ret,
		    struct nhi_why *) NHI_MUST;

/* When a set that was fetched now is refreshed: ahead of its expiry. */
int64_t		 nhi_cache_next(int64_t now, int64_t max_age, int64_t stale);

/* Is it time?  A clock that was set back does not stop it for long. */
bool		 nhi_cache_due(const struct nhi_cache *, int64_t now);

/*
 * The file that is locked while a set is fetched tells by its inode alone,
 * to whoever may not open it, when the last attempt began (mtime) and whether
 * it is still under way (a size other than 0).
 */
struct nhi_cache_mark {
	int64_t tried;		/* 0: never */
	bool under_way;
};
bool		 nhi_cache_lock_path(const char *jwks, char *out, size_t size);
void		 nhi_cache_mark(const char *jwks, int64_t now,
		    struct nhi_cache_mark *ret);

/* Was an attempt made in the last NHI_CACHE_RATE seconds? */
bool		 nhi_cache_recent(const struct nhi_cache_mark *, int64_t now);

#endif
