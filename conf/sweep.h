/* SPDX-License-Identifier: BSD-2-Clause */
/* Old and half-made generations below published/. */
#ifndef NHI_CONF_SWEEP_H
#define NHI_CONF_SWEEP_H

#include "lib/base/buf.h"

#define NHI_SWEEP_KEEP	2	/* older generations, for readers in flight */

bool		 nhi_sweep_number(const char *, uint64_t *ret);

/* The number after all that are there. */
enum nhi_err	 nhi_sweep_next(int published, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * Remove what is neither the current generation nor one of the older ones to
 * be kept, nor `current` or a hidden file.
 */
enum nhi_err	 nhi_sweep_old(int published, const char *current,
		    struct nhi_why *) NHI_MUST;

#endif
