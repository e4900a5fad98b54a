/* SPDX-License-Identifier: BSD-2-Clause */
/* A temporary host for tests: registry, leases, one published generation. */
#ifndef NHI_TESTS_NSS_WORLD_H
#define NHI_TESTS_NSS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/registry.h"
#include "nss_nhi/nss.h"

#define WORLD_LO	70000u
#define WORLD_HI	79999u

struct world {
	char root[64];
	char uids[96];
	char leases[96];
	char generation[96];
	struct nhi_nss_paths paths;
	char boot[NHI_BOOT_ID + 1];
};

/*
 * cmocka's setup and teardown.  The registry is empty, has a salt, and its
 * range has been WORLD_LO to WORLD_HI since the first tick of this boot.
 */
int	 world_setup(void **state);
int	 world_teardown(void **state);

/* Paths below the root; the text is valid until the next call but three. */
const char	*world_path(const struct world *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

/* Make or replace a link below the root. */
void	 world_link(const struct world *, const char *path, const char *fmt,
	    ...) __attribute__((format(printf, 3, 4)));

/* Its text, or "" when there is none. */
const char	*world_text(const struct world *, const char *path);
void	 world_remove(const struct world *, const char *path);

void	 world_range(const struct world *, uint32_t lo, uint32_t hi,
	    uint64_t ticks);
void	 world_entry(const struct world *, const char *name, uint32_t uid,
	    const char *how, uint64_t ticks);
uint32_t	 world_hash(const struct world *, const char *name);

/* A moment of this boot; and what it is now. */
struct nhi_stamp	 world_at(const struct world *, uint64_t ticks);
uint64_t	 world_now(void);

/* Wait until the clock of ticks has moved on. */
void	 world_tick(void);

/* Run fn as this user in a child; what it returns. */
int	 world_as(uid_t, int (*fn)(const struct world *),
	    const struct world *);

#endif
