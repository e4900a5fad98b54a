/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers in text: strict, bounded, no sign, no blanks, no locale. */
#ifndef NHI_BASE_NUM_H
#define NHI_BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"

/* Decimal without leading zeros, at most max.  False otherwise. */
bool	 nhi_num_parse(struct nhi_span, uint64_t max, uint64_t *ret);

/* The end of the year 9999, behind which no time can be written. */
#define NHI_TIME_FAR	INT64_C(253402300799)

/* "90s", "15m", "24h", "7d" in seconds, at most max seconds. */
bool	 nhi_num_duration(struct nhi_span, int64_t max, int64_t *ret);

/* Lower-case hex of n bytes; out has room for 2 * n + 1. */
void	 nhi_num_hex(const uint8_t *p, size_t n, char *out);

/* Exactly n bytes from 2 * n lower-case hex digits. */
bool	 nhi_num_unhex(struct nhi_span, uint8_t *out, size_t n);

/* A date "2027-06-30" (its end, 24:00 UTC) as seconds since 1970. */
bool	 nhi_num_date(struct nhi_span, int64_t *ret);

/* RFC 3339 in UTC with milliseconds: "2026-11-22T03:04:05.678Z". */
#define NHI_TIME_SIZE	32
void	 nhi_num_time(int64_t ms, char out[NHI_TIME_SIZE]);

#endif
