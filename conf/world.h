/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of this host the policy is held against: the local users and groups
 * (of the files themselves: a directory service must not be waited for, and
 * our own NSS module would answer for the last policy), the subordinate ids,
 * what of the ids this user namespace has.
 */
#ifndef NHI_CONF_WORLD_H
#define NHI_CONF_WORLD_H

#include <sys/types.h>

#include "lib/base/buf.h"

struct nhi_world_paths {
	const char *passwd;
	const char *group;
	const char *subuid;
	const char *subgid;
	const char *uid_map;
	const char *gid_map;
};

/* Those of a running host. */
extern const struct nhi_world_paths nhi_world_host;

/* A user or a group. */
struct nhi_world_name {
	char *name;
	uint32_t id;
	uint32_t gid;			/* a user's */
	char *members;			/* a group's: "a,b" */
};

struct nhi_world_names {
	struct nhi_world_name *p;	/* sorted by name */
	size_t n;
	size_t room;
};

struct nhi_world_span {
	uint64_t first;
	uint64_t count;
};

struct nhi_world_spans {
	struct nhi_world_span *p;	/* sorted by first */
	size_t n;
	size_t room;
};

struct nhi_world {
	int64_t now;
	char node[256];
	struct nhi_world_names users;
	struct nhi_world_names groups;
	struct nhi_world_spans sub;	/* uids and gids alike */
	struct nhi_world_spans uids;	/* that exist here */
	struct nhi_world_spans gids;
	/* Groups that are in no file; NULL: there are none. */
	bool (*find_group)(const char *name, uint32_t *ret_gid);
	/* Not this host: files that it names are not looked for. */
	bool elsewhere;
	/* The deep check of a pinned key set; NULL: none. */
	enum nhi_err (*check_jwks)(const char *path, struct nhi_why *);
};

/* A missing subuid or subgid is empty; any other is NHI_ERR_STATE. */
enum nhi_err	 nhi_world_load(const struct nhi_world_paths *,
		    struct nhi_world *ret, struct nhi_why *) NHI_MUST;
void		 nhi_world_wipe(struct nhi_world *);

const struct nhi_world_name	*nhi_world_find(const struct nhi_world_names *,
				    const char *name);
const struct nhi_world_name	*nhi_world_find_id(
				    const struct nhi_world_names *, uint32_t);

/* The gid of a group: by the file, else by find_group. */
bool		 nhi_world_gid(const struct nhi_world *, const char *name,
		    uint32_t *ret);

bool		 nhi_world_overlaps(const struct nhi_world_spans *,
		    uint64_t lo, uint64_t hi);
bool		 nhi_world_covers(const struct nhi_world_spans *,
		    uint64_t lo, uint64_t hi);

#endif
