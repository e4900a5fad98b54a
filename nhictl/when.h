/* SPDX-License-Identifier: BSD-2-Clause */
/* Times as an administrator writes them. */
#ifndef NHI_NHICTL_WHEN_H
#define NHI_NHICTL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * RFC 3339 ("2026-11-22T03:04:05Z", with fraction or offset, or the date
 * alone), seconds since 1970, or a duration ("10m", "2h", "3d"; "10m ago"):
 * so long before now, or after it when ahead is set.
 */
bool	 nhi_when_parse(const char *, int64_t now, bool ahead, int64_t *ret);

/* "2026-11-22 03:04:05" in UTC; out has room for 20. */
void	 nhi_when_format(int64_t seconds, char out[static 32]);

/* The wall clock. */
int64_t	 nhi_when_now(void);

/*
 * Return when this second is over, also by time(2), which is some
 * milliseconds late: what happens from then on is later than what was noted
 * before.
 */
void	 nhi_when_pass(void);

#endif
