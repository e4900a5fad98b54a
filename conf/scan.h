/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A look over the text of a policy file before libconfig gets it, for what
 * libconfig would do in silence: follow @include, cut numbers that are too
 * large (1.5), stop at a NUL, recurse without limit.
 */
#ifndef NHI_CONF_SCAN_H
#define NHI_CONF_SCAN_H

#include "conf/fault.h"

#define NHI_SCAN_DEPTH	16	/* brackets inside brackets */

/* False when there was a fault: the text must not be parsed. */
bool	 nhi_scan(struct nhi_span text, const char *file, struct nhi_faults *)
	    NHI_MUST;

/* A value's text: one line of well-formed UTF-8 without control characters. */
bool	 nhi_scan_text(const char *);

#endif
