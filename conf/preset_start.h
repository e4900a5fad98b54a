/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A preset as a text for people: what is known as comments, and below them a
 * policy to start from.  Each blank in it ("@FILL owner@") is a fault until
 * somebody fills it in.
 */
#ifndef NHI_CONF_PRESET_START_H
#define NHI_CONF_PRESET_START_H

#include "conf/preset.h"

#define NHI_PRESET_TEXT	(64U << 10)	/* bytes of it */

void	 nhi_preset_describe(const struct nhi_preset *, struct nhi_buf *);
void	 nhi_preset_start(const struct nhi_preset *, struct nhi_buf *);

/* Pieces of it: "a/b or c with d", "RS256 ES256", "90s" or "15m" or "24h". */
void	 nhi_preset_put_entries(const char *const list[], size_t n,
	    const char *between, struct nhi_buf *);
void	 nhi_preset_put_algs(uint32_t algs, struct nhi_buf *);
void	 nhi_preset_put_duration(int64_t seconds, struct nhi_buf *);

#endif
