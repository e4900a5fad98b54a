/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-2-4 (Aumasson and Bernstein, 2012) with 64 bits of output. */
#ifndef NHI_BASE_SIPHASH_H
#define NHI_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define NHI_SIPHASH_KEY	16	/* bytes */

uint64_t	 nhi_siphash(const uint8_t key[static NHI_SIPHASH_KEY],
		    const void *, size_t);

#endif
